//! `prometheus.yml`: what Prometheus scrapes, how often, and where it sends alerts.
//! <https://prometheus.io/docs/prometheus/latest/configuration/configuration/>

use std::borrow::Cow;

use indexmap::IndexMap;
use omni_model::{
    Facts,
    deployment::Monitoring,
    monitoring::{Probe, Target, probe_job, probes},
};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Config<'a> {
    global: Global<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alerting: Option<Alerting>,
    rule_files: Vec<String>,
    scrape_configs: Vec<ScrapeConfig<'a>>,
}

#[derive(Serialize)]
struct Global<'a> {
    scrape_interval: String,
    evaluation_interval: String,
    external_labels: IndexMap<&'static str, &'a str>,
}

#[derive(Serialize)]
struct Alerting {
    alertmanagers: Vec<Alertmanager>,
}

#[derive(Serialize)]
struct Alertmanager {
    static_configs: [StaticConfig<'static>; 1],
}

#[derive(Serialize)]
struct ScrapeConfig<'a> {
    job_name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_path: Option<&'a str>,
    static_configs: Vec<StaticConfig<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relabel_configs: Vec<Relabel>,
}

#[derive(Default, Serialize)]
struct Relabel {
    #[serde(skip_serializing_if = "Option::is_none")]
    source_labels: Option<[&'static str; 1]>,
    target_label: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    replacement: Option<String>,
}

#[derive(Serialize)]
struct StaticConfig<'a> {
    targets: [String; 1],
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    labels: IndexMap<&'static str, &'a str>,
}

/// The path of the metrics unless a job sets another one.
const DEFAULT_PATH: &str = "/metrics";

pub(super) fn config<'a>(facts: &Facts<'a>, monitoring: &Monitoring, rule_files: Vec<String>) -> Config<'a> {
    let interval = monitoring.scrape_interval.prometheus();
    let alerting = alertmanager(facts, monitoring).map(|address| Alerting {
        alertmanagers: vec![Alertmanager {
            static_configs: [StaticConfig { targets: [address], labels: IndexMap::new() }],
        }],
    });
    Config {
        global: Global {
            scrape_interval: interval.clone(),
            evaluation_interval: interval,
            external_labels: [("deployment", facts.deployment().name.as_str())].into(),
        },
        alerting,
        rule_files,
        scrape_configs: facts.targets().iter().map(scrape_config).chain(probing(facts, monitoring)).collect(),
    }
}

fn scrape_config<'a>(target: &Target<'a>) -> ScrapeConfig<'a> {
    let path = target.metrics.path.as_str();
    ScrapeConfig {
        job_name: target.name.as_str().into(),
        metrics_path: (path != DEFAULT_PATH).then_some(path),
        static_configs: vec![StaticConfig {
            targets: [target.address.clone()],
            labels: target.labels().into(),
        }],
        relabel_configs: Vec::new(),
    }
}

/// The job that makes the prober check each service: the target becomes a parameter, and the prober's address takes its place.
/// <https://prometheus.io/docs/guides/multi-target-exporter/>
fn probing<'a>(facts: &Facts<'a>, monitoring: &Monitoring) -> Option<ScrapeConfig<'a>> {
    let (prober, service) = facts.service(monitoring.prober.as_ref()?)?;
    let (port, _) = service.ports.first()?;
    let address = facts.endpoint(&monitoring.prometheus, prober, port)?;
    let probe = |probe: Probe<'a>| StaticConfig {
        labels: probe.labels().into_iter().chain([("__param_module", probe.module.name())]).collect(),
        targets: [probe.target],
    };
    let copied = |from, to| Relabel { source_labels: Some([from]), target_label: to, replacement: None };
    Some(ScrapeConfig {
        job_name: probe_job(prober).into(),
        metrics_path: Some("/probe"),
        static_configs: probes(facts).into_iter().map(probe).collect(),
        relabel_configs: vec![
            copied("__address__", "__param_target"),
            copied("__param_target", "instance"),
            Relabel { target_label: "__address__", replacement: Some(address), ..Relabel::default() },
        ],
    })
}

/// Where Prometheus finds Alertmanager.
pub(super) fn alertmanager(facts: &Facts<'_>, monitoring: &Monitoring) -> Option<String> {
    let (name, service) = facts.service(monitoring.alertmanager.as_ref()?)?;
    let (port, _) = service.ports.first()?;
    facts.endpoint(&monitoring.prometheus, name, port)
}
