//! A metric that another alert relies on is gone.

use std::collections::HashMap;

use indexmap::IndexSet;

use crate::{
    Scenario,
    deployment::Alert,
    monitoring::{
        cases::{Case, Moment},
        exporters::Exported,
        kind::Kind,
        promql::Selector,
        query::Query,
        rule::AlertRule,
        story::{Site, Story, runs_text},
        targets::Targets,
    },
    names::AlertName,
};

pub(super) struct MetricMissing;

impl Kind for MetricMissing {
    /// It has a rule for each metric of the other alerts instead: [`rules`].
    fn expr(&self, _: &Query<'_, '_>) -> Option<String> {
        None
    }

    fn story<'t>(&'t self, _: &'t Site<'_, '_>) -> Option<Story<'t>> {
        None
    }

    /// Each metric that is relied on is gone in its turn, and comes back.
    fn cases(&self, site: &Site<'_, '_>, alert: &Alert, rules: &[&AlertRule<'_>]) -> Vec<Case> {
        let absences: Vec<_> = rules.iter().filter_map(|rule| Some((*rule, rule.reads.first()?))).collect();
        // Only series of one metric have to do with each other.
        let mut alike: HashMap<_, Vec<_>> = HashMap::new();
        for (i, (rule, series)) in (0..).zip(&absences) {
            alike.entry(&series.metric).or_default().push((i, *rule, *series));
        }
        let alike = |series: &Selector| alike.get(&series.metric).map(Vec::as_slice).unwrap_or_default();
        let wait = site.scrapes(alert.lasting);
        // It lasts one scrape longer than it must, and one is between two turns.
        let (lasts, turn) = (wait + 2, wait + 3);
        let starts = |i: u64| i * turn + 1;
        let mut moments = Vec::new();
        for (i, (_, gone)) in (0..).zip(&absences) {
            // What holds for fewer labels as well is missed only when no series of it is left.
            let left = |absence| {
                let mut left = alike(gone).iter().filter(|(.., series)| !covers(gone, series));
                left.any(|(.., series)| covers(absence, series))
            };
            let missed = alike(gone).iter().filter(|(.., absence)| covers(gone, absence) && !left(absence));
            let fires = missed.map(|(_, rule, absence)| {
                let labels =
                    absence.labels.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
                labels.chain(rule.added()).collect()
            });
            let start = starts(i);
            moments.push(Moment { at: site.time(start - 1), fires: Vec::new() });
            if wait > 0 {
                moments.push(Moment { at: site.time(start + wait - 1), fires: Vec::new() });
            }
            moments.push(Moment { at: site.time(start + wait), fires: fires.collect() });
        }
        let scrapes = starts(absences.len() as u64);
        let series = absences.iter().map(|(_, series)| {
            let (mut runs, mut told) = (Vec::new(), 0);
            for (i, ..) in alike(series).iter().filter(|(.., gone)| covers(gone, series)) {
                runs.extend([(Some(1), starts(*i) - told), (None, lasts)]);
                told = starts(*i) + lasts;
            }
            runs.push((Some(1), scrapes - told));
            (series.to_string(), runs_text(&runs))
        });
        vec![Case {
            name: "fires for each missing metric and for no other".to_owned(),
            series: series.collect(),
            moments,
        }]
    }
}

/// The rules of an alert of this kind, for the series that the other rules rely on.
pub(super) fn rules<'a>(
    scenario: &Scenario<'a>,
    targets: &Targets<'a>,
    name: &'a AlertName,
    alert: &Alert,
    relied_on: &IndexSet<Selector>,
) -> Vec<AlertRule<'a>> {
    let rule = |series| {
        let query = Query::new(scenario, targets, alert.lasting);
        let expr = gone(&query, series);
        let mut rule = AlertRule::new(scenario, name, alert, expr, query.into_reads());
        // Two rules of one name differ in their labels.
        rule.labels.extend(lasting(series).map(|(label, value)| (label, value.to_owned())));
        rule.labels.extend(series.metric.clone().map(|metric| ("metric", metric)));
        rule
    };
    relied_on.iter().map(rule).collect()
}

/// That a series is gone. A service that may load for longer than the alert's `for` has no metrics until it answers: whether it does
/// is the business of other alerts.
fn gone(query: &Query<'_, '_>, series: &Selector) -> String {
    query.read(vec![series.clone()]);
    let gone = format!("absent({series})");
    let target = series.value("job").and_then(|job| query.targets.iter().find(|it| *it.name == job));
    match target.filter(|target| target.service.loads_beyond(query.lasting).is_some()) {
        Some(target) => {
            format!("{gone} unless on (job) {} == 0", query.series("up", &[("job", target.name.as_str())]))
        }
        None => gone,
    }
}

/// The series that rules rely on, as each target that always exports them has them.
pub(super) fn relied_on<'r>(
    scenario: &Scenario<'_>,
    targets: &Targets<'_>,
    rules: impl Iterator<Item = &'r AlertRule<'r>>,
) -> IndexSet<Selector> {
    let mut all = IndexSet::new();
    for selector in rules.flat_map(|rule| &rule.reads).collect::<IndexSet<_>>() {
        let Some(metric) = &selector.metric else { continue };
        for target in targets.asked(selector) {
            if target.exports(scenario, metric).is_some_and(Exported::always) {
                let job = [("job", target.name.as_str())];
                let labels: Vec<_> = job.into_iter().chain(lasting(selector)).collect();
                all.insert(Selector::new(metric, &labels));
            }
        }
    }
    all
}

/// The labels that a series keeps while pods come and go.
fn lasting(selector: &Selector) -> impl Iterator<Item = (&'static str, &str)> {
    ["mountpoint", "deployment"].into_iter().filter_map(|label| Some((label, selector.value(label)?)))
}

/// Whether a selector finds the series that has the labels of another of its metric.
fn covers(selector: &Selector, series: &Selector) -> bool {
    selector.labels.iter().all(|label| series.labels.contains(label))
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::{cases_of, deployment, document, scenario};
    use serde_json::json;

    #[test]
    fn what_is_relied_on_is_missed() {
        let deployment = deployment(document());
        let missing = |option| -> Vec<_> {
            let scenario = scenario(&deployment, option);
            let rules = scenario.alerts().iter().filter(|rule| *rule.name == "MetricMissing");
            rules.map(|rule| rule.expr.clone()).collect()
        };
        let compose = missing("compose");
        assert!(compose.contains(&r#"absent(node_memory_SwapFree_bytes{job="node-exporter"})"#.to_owned()));
        let disk = r#"absent(node_filesystem_avail_bytes{job="node-exporter",mountpoint="/nvme"})"#;
        assert_eq!(compose.iter().filter(|expr| *expr == disk).count(), 1);
        assert!(!compose.iter().any(|expr| expr.contains("kube_") || expr.contains("up{")), "{compose:?}");
        let k3s = missing("k3s");
        let replicas = r#"absent(kube_deployment_status_replicas_ready{job="kube-state-metrics",deployment="deepseek"})"#;
        assert!(k3s.contains(&replicas.to_owned()), "{k3s:?}");
        // A container without a reason to wait has none, and a Deployment at zero has no containers.
        assert!(
            !k3s.iter().any(|expr| expr.contains("waiting_reason") || expr.contains("container=")),
            "{k3s:?}"
        );
    }

    #[test]
    fn a_metric_is_not_missed_while_its_service_loads() {
        let mut document = document();
        document["services"]["deepseek"]["load_time"] = json!("25min");
        document["services"]["deepseek"]["metrics"]["exporter"] = json!("llama-cpp");
        let busy = document["monitoring"]["alerts"]["Pods"].as_object_mut().unwrap();
        busy["when"] = json!({"promql": "llamacpp:requests_deferred > 10"});
        busy["cases"] = json!([]);
        let deployment = deployment(document);
        let scenario = scenario(&deployment, "compose");
        let missing = scenario.alerts().iter().filter(|rule| *rule.name == "MetricMissing");
        let missing: Vec<_> = missing.map(|rule| rule.expr.as_str()).collect();
        let unless = concat!(
            r#"absent(llamacpp:requests_deferred{job="deepseek"}) "#,
            r#"unless on (job) up{job="deepseek"} == 0"#
        );
        assert!(missing.contains(&unless), "{missing:?}");
        assert!(missing.contains(&r#"absent(node_vmstat_oom_kill{job="node-exporter"})"#), "{missing:?}");
    }

    #[test]
    fn a_metric_that_is_gone_is_named() {
        let deployment = deployment(document());
        let case = cases_of(&deployment, "compose", "MetricMissing").remove(0);
        let gone: Vec<_> = case.moments.iter().flat_map(|moment| &moment.fires).collect();
        assert_eq!(gone.len(), case.series.len());
        assert!(gone.iter().any(|labels| labels["metric"] == "node_vmstat_oom_kill"), "{gone:?}");
        assert_eq!(case.series[1].1, "1x43 stale _x41 1x1118", "{:?}", case.series);
    }
}
