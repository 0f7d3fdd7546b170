use std::collections::BTreeSet;

use omni_model::monitoring::{exporters, promql};
use serde_json::{Value, json};

use super::*;
use crate::{
    prometheus::tests::watched,
    testing::{checked, facts},
};

/// The dashboards of an option, by their names.
fn dashboards(document: Value, option: &str) -> Vec<(String, Value)> {
    let checked = checked(document);
    let steps = steps(&facts(&checked, option));
    let artifacts = steps.iter().flat_map(|step| &step.artifacts);
    let json = artifacts.filter_map(|artifact| {
        let name = artifact.path.strip_prefix("monitoring/grafana/dashboards/")?;
        Some((name.to_owned(), serde_json::from_str(&artifact.file.contents).unwrap()))
    });
    json.collect()
}

#[test]
fn every_query_reads_what_a_target_exports() {
    let checked = checked(watched());
    for facts in checked.facts() {
        let pages = super::dashboards::pages(&facts);
        assert_eq!(pages.len(), 5);
        for expr in pages.iter().flat_map(|page| &page.panels).flat_map(|panel| panel.exprs()) {
            for selector in promql::selectors(expr).unwrap_or_else(|error| panic!("{expr}: {error}")) {
                let metric = selector.metric.unwrap();
                let own = exporters::PROMETHEUS.iter().any(|known| known.has(&metric));
                let exported = facts.targets().iter().any(|target| target.exports(&facts, &metric).is_some());
                assert!(own || exported, "{}: {expr}", facts.option());
            }
        }
    }
}

#[test]
fn what_is_not_there_has_no_panel() {
    let names = |document, option| -> Vec<_> {
        dashboards(document, option).into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(
        names(watched(), "compose"),
        ["budgets.json", "memory.json", "gpus.json", "services.json", "disk.json"]
    );
    let services = |option| {
        let all = dashboards(watched(), option);
        all.into_iter().find(|(name, _)| name == "services.json").unwrap().1.to_string()
    };
    assert!(services("k3s").contains("Restarts of containers"));
    assert!(!services("compose").contains("kube_"));
    let mut document = watched();
    document["services"].as_object_mut().unwrap().remove("dcgm-exporter");
    for alert in ["GpuXid", "VramFull"] {
        document["monitoring"]["alerts"].as_object_mut().unwrap().remove(alert);
    }
    assert!(!names(document, "compose").contains(&"gpus.json".to_owned()));
}

#[test]
fn a_dashboard_says_where_it_comes_from() {
    let all = dashboards(watched(), "compose");
    let mut uids = BTreeSet::new();
    for (_, dashboard) in &all {
        assert!(dashboard["description"].as_str().unwrap().contains("do not edit"));
        assert_eq!(dashboard["links"][1]["url"], "http://192.168.3.10:9090");
        uids.insert(dashboard["uid"].as_str().unwrap());
        let panels = dashboard["panels"].as_array().unwrap();
        let titles: BTreeSet<_> = panels.iter().map(|panel| panel["title"].as_str().unwrap()).collect();
        assert_eq!(titles.len(), panels.len());
        assert!(panels.iter().all(|panel| panel["datasource"]["uid"] == "prometheus"));
    }
    assert_eq!(uids.len(), all.len());
}

#[test]
fn the_budgets_show_what_the_model_plans() {
    let (_, budgets) = dashboards(watched(), "compose").swap_remove(0);
    let panel = |title: &str| {
        let panels = budgets["panels"].as_array().unwrap();
        panels.iter().find(|panel| panel["title"] == title).unwrap_or_else(|| panic!("{title}")).clone()
    };
    let query = |panel: &Value, legend: &str| {
        let targets = panel["targets"].as_array().unwrap();
        targets.iter().find(|target| target["legendFormat"] == legend).unwrap()["expr"].clone()
    };
    // 64 GiB of weights, 8 GiB of cache, 8 GiB in reserve.
    assert_eq!(query(&panel("RAM of box"), "planned"), format!("vector({})", 80_u64 << 30));
    assert_eq!(query(&panel("RAM of box, planned"), "llm kv_cache"), format!("vector({})", 8_u64 << 30));
    let vram = panel("VRAM of gpu1 (box)");
    assert_eq!(query(&vram, "planned"), format!("vector({})", 30_u64 << 30));
    assert_eq!(query(&vram, "used"), "DCGM_FI_DEV_FB_USED{host=\"box\",gpu=\"1\"} * 1048576");
    assert_eq!(vram["fieldConfig"]["defaults"]["max"], json!(f64::from(32_u32) * f64::from(1_u32 << 30)));
}

#[test]
fn grafana_finds_prometheus_and_the_dashboards() {
    let checked = checked(watched());
    let facts = facts(&checked, "k3s");
    let provision = provision(&facts, &"grafana".parse().unwrap());
    let targets: Vec<_> =
        provision.mounts.iter().map(|mount| (mount.target.as_str(), mount.artifacts.len())).collect();
    assert_eq!(
        targets,
        [
            ("/etc/grafana/provisioning/datasources", 1),
            ("/etc/grafana/provisioning/dashboards", 1),
            ("/etc/grafana/dashboards", 5),
        ]
    );
    let source: Value = serde_norway::from_str(&provision.mounts[0].artifacts[0].file.contents).unwrap();
    assert_eq!(source["datasources"][0]["url"], "http://172.30.0.14:9090");
    assert_eq!(source["datasources"][0]["uid"], "prometheus");
    let provider: Value = serde_norway::from_str(&provision.mounts[1].artifacts[0].file.contents).unwrap();
    assert_eq!(provider["providers"][0]["options"]["path"], "/etc/grafana/dashboards");
}
