use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use super::{
    testing::{cases_of, deployment, document, expression, scenario, with_each_kind},
    *,
};
use crate::{Facts, deployment::Condition};

/// The name of a kind as a document writes it.
fn kind(when: &Value) -> &str {
    when.as_str().unwrap_or_else(|| when.as_object().unwrap().keys().next().unwrap())
}

#[test]
fn each_kind_is_tried() {
    let error = serde_json::from_value::<Condition>(json!("?")).unwrap_err().to_string();
    let (_, known) = error.split_once("expected one of ").unwrap();
    let known: BTreeSet<_> = known.split(", ").map(|name| name.trim_matches('`')).collect();
    let document = with_each_kind();
    let alerts = document["monitoring"]["alerts"].as_object().unwrap();
    let tried: BTreeSet<_> = alerts.values().map(|alert| kind(&alert["when"])).collect();
    assert_eq!(tried, known);
}

#[test]
fn a_metric_is_found_in_the_file_of_the_kind_that_reads_it() {
    let document = with_each_kind();
    let deployment = deployment(document.clone());
    for scenario in Facts::all(&deployment) {
        for rule in scenario.alerts() {
            let kind = kind(&document["monitoring"]["alerts"][rule.name.as_str()]["when"]);
            // The metrics of these two are not their own.
            if ["metric_missing", "promql"].contains(&kind) {
                continue;
            }
            let file = format!("{}/src/monitoring/alerts/{kind}.rs", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&file).unwrap();
            for metric in rule.reads.iter().filter_map(|selector| selector.metric.as_deref()) {
                assert!(text.contains(metric), "{file} does not say that it reads {metric}");
            }
        }
    }
}

#[test]
fn every_expression_is_promql_and_reads_what_a_target_exports() {
    let deployment = deployment(with_each_kind());
    for scenario in Facts::all(&deployment) {
        for rule in scenario.alerts() {
            let parsed: HashSet<_> = promql::selectors(&rule.expr).unwrap().into_iter().collect();
            assert_eq!(rule.reads.iter().cloned().collect::<HashSet<_>>(), parsed, "{}", rule.expr);
            for selector in &rule.reads {
                let metric = selector.metric.as_deref().unwrap();
                let exported = scenario.targets().exporting(&scenario, metric).is_some();
                assert!(exported || ["up", "probe_success"].contains(&metric), "{}: {metric}", rule.name);
            }
        }
    }
}

#[test]
fn each_alert_has_cases_in_which_it_fires_and_in_which_it_is_silent() {
    let deployment = deployment(with_each_kind());
    for scenario in Facts::all(&deployment) {
        let all = scenario.cases();
        let names: Vec<_> = all.iter().map(|all| all.alert).collect();
        assert!(scenario.alerts().iter().all(|rule| names.contains(&rule.name)), "{names:?}");
        for AlertCases { alert: name, cases, .. } in &all {
            let moments = || cases.iter().flat_map(|case| &case.moments);
            assert!(moments().any(|moment| !moment.fires.is_empty()), "{name}");
            assert!(*name == "Watchdog" || moments().any(|moment| moment.fires.is_empty()), "{name}");
            for fires in moments().flat_map(|moment| &moment.fires) {
                assert!(fires.contains_key("severity"), "{name}: {fires:?}");
            }
            // Each series that the expression reads makes it fire, alone or with others.
            let rule = scenario.alerts().iter().find(|rule| rule.name == *name).unwrap();
            let fires = |case: &&Case| case.moments.iter().any(|moment| !moment.fires.is_empty());
            let fired: Vec<_> = cases.iter().filter(fires).flat_map(|case| &case.series).collect();
            for selector in &rule.reads {
                let read = |(text, _): &&(String, String)| {
                    let series = promql::selectors(text).unwrap().remove(0);
                    let carries = |(name, value): &(String, Option<String>)| match value {
                        Some(value) => series.value(name) == Some(value),
                        None => series.labels.iter().any(|(label, _)| label == name),
                    };
                    series.metric == selector.metric && selector.labels.iter().all(carries)
                };
                assert!(fired.iter().any(read), "{name}: {selector}");
            }
        }
    }
}

#[test]
fn the_planned_state_is_that_of_the_ledger() {
    let mut document = document();
    document["hosts"]["box"]["ram"]["usable"] = json!("382 GiB");
    document["services"]["deepseek"]["memory"] = json!({"weights": "281 GiB", "kv_cache": "60 GiB"});
    document["services"]["deepseek"]["memory_limit"] = json!("350 GiB");
    document["services"]["deepseek"]["vram"] = json!({"gpu0": "30 GiB"});
    let values = |document: &Value, alert: &str| -> Vec<(String, String)> {
        let first = cases_of(&deployment(document.clone()), "k3s", alert).into_iter().next().unwrap();
        let metric = |series: String| series.split('{').next().unwrap().to_owned();
        let value = |values: String| values.split('x').next().unwrap().to_owned();
        first.series.into_iter().map(|(series, values)| (metric(series), value(values))).collect()
    };
    let of = |metric: &str, value: u64| (metric.to_owned(), value.to_string());
    assert_eq!(
        values(&document, "HighMemoryPressure"),
        [of("node_memory_MemTotal_bytes", 382 << 30), of("node_memory_MemAvailable_bytes", 21 << 30)]
    );
    assert_eq!(
        values(&document, "VramNearlyFull"),
        [
            of("DCGM_FI_DEV_FB_USED", 30 << 10),
            of("DCGM_FI_DEV_FB_FREE", 32_607 - (30 << 10)),
            of("DCGM_FI_DEV_FB_RESERVED", 0)
        ]
    );
    // An alert that rings in the planned state, which a rule warns about, is not said to be silent there.
    document["monitoring"]["alerts"]["VramNearlyFull"]["when"]["vram_used"]["above"] = json!("90%");
    let cases = cases_of(&deployment(document), "k3s", "VramNearlyFull");
    assert!(cases.iter().all(|case| case.name != "silent in the planned state"), "{cases:?}");
}

#[test]
fn absent_hardware_is_not_watched() {
    let mut document = document();
    for what in ["gpus", "storage", "swap"] {
        document["hosts"]["box"].as_object_mut().unwrap().remove(what);
    }
    let deployment = deployment(document);
    let names: Vec<_> =
        scenario(&deployment, "k3s").alerts().iter().map(|rule| rule.name.to_string()).collect();
    for name in ["GpuXid", "VramNearlyFull", "SwapMissing", "SwapInUse", "SwapStorm"] {
        assert!(!names.iter().any(|other| other == name), "{name}");
    }
    // The root file system is always there.
    let disk = expression(&deployment, "k3s", "DiskReadOnly");
    assert_eq!(disk.as_deref(), Some(r#"node_filesystem_readonly{host="box",mountpoint="/"} == 1"#));
    assert!(names.iter().any(|name| name == "HighMemoryPressure"));
}
