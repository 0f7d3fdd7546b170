//! `prometheus.yml`: what Prometheus reads, how often, and whom it tells.
//! <https://prometheus.io/docs/prometheus/latest/configuration/configuration/>

use indexmap::IndexMap;
use omni_model::{
    Scenario,
    deployment::Monitoring,
    monitoring::{Target, targets},
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
    job_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_path: Option<&'a str>,
    static_configs: [StaticConfig<'a>; 1],
}

#[derive(Serialize)]
struct StaticConfig<'a> {
    targets: [String; 1],
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    labels: IndexMap<&'static str, &'a str>,
}

/// Where Prometheus looks for metrics unless it is told otherwise.
const DEFAULT_PATH: &str = "/metrics";

pub(super) fn config<'a>(
    scenario: &Scenario<'a>,
    monitoring: &Monitoring,
    rule_files: Vec<String>,
) -> Config<'a> {
    let interval = monitoring.scrape_interval.prometheus();
    let alerting = alertmanager(scenario, monitoring).map(|address| Alerting {
        alertmanagers: vec![Alertmanager {
            static_configs: [StaticConfig { targets: [address], labels: IndexMap::new() }],
        }],
    });
    Config {
        global: Global {
            scrape_interval: interval.clone(),
            evaluation_interval: interval,
            external_labels: [("deployment", scenario.deployment().name.as_str())].into(),
        },
        alerting,
        rule_files,
        scrape_configs: targets(scenario).iter().map(scrape_config).collect(),
    }
}

fn scrape_config<'a>(target: &Target<'a>) -> ScrapeConfig<'a> {
    let path = target.metrics.path.as_str();
    ScrapeConfig {
        job_name: target.name.as_str(),
        metrics_path: (path != DEFAULT_PATH).then_some(path),
        static_configs: [StaticConfig { targets: [target.address.clone()], labels: target.labels().into() }],
    }
}

/// Where Prometheus finds Alertmanager.
pub(super) fn alertmanager(scenario: &Scenario<'_>, monitoring: &Monitoring) -> Option<String> {
    let (name, service) = scenario.service(monitoring.alertmanager.as_ref()?)?;
    let (port, _) = service.ports.first()?;
    scenario.endpoint(&monitoring.prometheus, name, port)
}
