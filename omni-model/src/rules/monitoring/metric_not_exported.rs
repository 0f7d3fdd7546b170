use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;

use crate::{
    deployment::State,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{Message, message},
    monitoring::exporters::{self, PROBES, PROMETHEUS},
    names::ExporterName,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    scenario::probed,
    suggest::did_you_mean,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "each metric that an alert reads is exported by a service that Prometheus scrapes",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    // M012 checks whether Prometheus can reach them.
    let scraped = || facts.active().filter_map(|(name, service)| Some((name, service.metrics.as_ref()?)));
    let jobs: HashSet<&str> = scraped().map(|(name, _)| name.as_str()).collect();
    let there: IndexSet<&ExporterName> = scraped().map(|(_, metrics)| &metrics.exporter).collect();
    let exported = |series: &str| {
        let always = PROMETHEUS.iter().any(|metric| metric.has(series));
        let probed = probed(facts).next().is_some() && PROBES.iter().any(|metric| metric.has(series));
        always
            || probed
            || there.iter().any(|exporter| exporters::exported(deployment, exporter, series).is_some())
    };
    // M013 checks alerts about standbys.
    let waits =
        |job: &str| deployment.services.get(job).is_some_and(|service| service.state != State::Active);
    let mut findings = Vec::new();
    let mut known = HashMap::new();
    for alert in facts.alerts() {
        let here = ModelPath::root().key("monitoring").key("alerts").key(alert.name).key("when");
        for selector in &alert.reads {
            let mut is_exported = |series| *known.entry(series).or_insert_with(|| exported(series));
            if let Some(series) = selector.metric.as_deref().filter(|series| !is_exported(*series)) {
                let (message, help) = missing(series);
                findings.push(rule.finding(here.clone(), message).help(help));
            } else if let Some(job) = selector.value("job").filter(|job| !jobs.contains(job) && !waits(job)) {
                let message = message!(
                    "`{alert}` selects the job `{job}`, which Prometheus does not scrape",
                    alert = alert.name,
                    job,
                );
                let help = match deployment.services.contains_key(job) {
                    true => format!("add `metrics` to `{job}`"),
                    false => "name a service: each job has the name of its service".to_owned(),
                };
                findings.push(rule.finding(here.clone(), message).help(help));
            }
        }
    }
    findings
}

/// What is missing, and how to add it: the exporter of a known metric, or the metric.
fn missing(series: &str) -> (Message, String) {
    let mut all = exporters::EXPORTERS.iter();
    if let Some(exporter) = all.find(|exporter| exporter.metrics.iter().any(|metric| metric.has(series))) {
        return (
            message!(
                "Prometheus scrapes no service with the exporter `{exporter}`, whose metrics the alert reads",
                exporter = exporter.name,
            ),
            format!("add a service whose `metrics.exporter` is `{}`", exporter.name),
        );
    }
    let names = exporters::EXPORTERS.iter().flat_map(|exporter| exporter.metrics).map(|metric| metric.name);
    let help = match did_you_mean(series, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "list it in the `metrics` of an exporter in `monitoring.exporters`".to_owned(),
    };
    (message!("no service that Prometheus scrapes exports `{metric}`", metric = series), help)
}
