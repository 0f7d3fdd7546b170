//! The alerts in PromQL, with the names that the deployment has.

use std::{cell::RefCell, collections::HashSet};

use indexmap::{IndexMap, IndexSet};

use super::{
    action,
    exporters::Exported,
    promql::{self, Selector},
    targets::STARTED,
};
use crate::{
    Scenario,
    deployment::{Alert, Condition, Host, Level, Service},
    names::{AlertName, HostName, ServiceName},
    scenario::Runtime,
    units::{Duration, Percent},
};

/// An alerting rule of Prometheus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule<'a> {
    /// The alert that it comes from.
    pub name: &'a AlertName,
    /// When it fires, in PromQL.
    pub expr: String,
    /// The series that it reads.
    pub reads: Vec<Selector>,
    /// How long that must last.
    pub lasting: Duration,
    /// Its labels beside those of the series.
    pub labels: IndexMap<&'static str, String>,
    /// What people read: plain text, no template.
    pub annotations: IndexMap<&'static str, String>,
}

/// The alerting rules of a scenario. An alert about what the option or the hardware does not have is left out.
pub(crate) fn alerts<'a>(scenario: &Scenario<'a>) -> Vec<AlertRule<'a>> {
    let Some(monitoring) = &scenario.deployment().monitoring else { return Vec::new() };
    let mut rules = Vec::new();
    for (name, alert) in &monitoring.alerts {
        let reads = Reads::default();
        let expr = expression(scenario, alert, &reads);
        rules.extend(expr.map(|expr| rule(scenario, name, alert, expr, reads.0.into_inner())));
    }
    let missing = monitoring.alerts.iter().filter(|(_, alert)| alert.when == Condition::MetricMissing);
    let absences = absences(scenario, rules.iter().flat_map(|rule| &rule.reads));
    for (name, alert) in missing {
        for absence in &absences {
            let mut rule = rule(scenario, name, alert, format!("absent({absence})"), vec![absence.clone()]);
            // Two rules of one name differ in their labels.
            rule.labels.extend(lasting(absence).map(|(label, value)| (label, value.to_owned())));
            rule.labels.extend(absence.metric.clone().map(|metric| ("metric", metric)));
            rules.push(rule);
        }
    }
    rules
}

/// How far rates, and crashes that come and go, are looked back at.
pub(super) const RECENT: Duration = Duration::from_secs(300);

/// What must be there of a swap file, in percent: its header takes the first page.
pub(super) const SWAP_LEAST: u8 = 99;

/// How far is looked back for what is predicted: a quarter of the time, as node_exporter's own alerts do.
pub(super) fn seen_for(within: Duration) -> Duration {
    Duration::from_secs((within.secs() / 4).max(1))
}

/// Remembers the series that are written into an expression. Parsing what has just been written would cost more than all the
/// rest; a test does it.
#[derive(Default)]
struct Reads(RefCell<Vec<Selector>>);

impl Reads {
    /// The series of a metric but for those whose label has one of these values.
    fn except(&self, metric: &str, label: &str, values: &[&str]) -> String {
        if values.is_empty() {
            return self.of(metric, &[]);
        }
        let labels = vec![(label.to_owned(), None)];
        self.0.borrow_mut().push(Selector { metric: Some(metric.to_owned()), labels });
        format!("{metric}{{{label}!~\"{}\"}}", values.join("|"))
    }

    /// The series of a metric whose labels have these values, as PromQL writes it.
    fn of(&self, metric: &str, labels: &[(&str, &str)]) -> String {
        let selector = Selector::new(metric, labels);
        let text = selector.to_string();
        self.0.borrow_mut().push(selector);
        text
    }
}

fn rule<'a>(
    scenario: &Scenario<'_>,
    name: &'a AlertName,
    alert: &Alert,
    expr: String,
    reads: Vec<Selector>,
) -> AlertRule<'a> {
    let severity = match alert.severity {
        Level::Critical => "critical",
        Level::Warning => "warning",
        Level::None => "none",
    };
    let mut annotations = IndexMap::from([("summary", alert.summary.to_string())]);
    let action = alert.action.as_ref().and_then(|action| action::text(scenario, action));
    annotations.extend(action.map(|action| ("action", action)));
    let labels = IndexMap::from([("severity", severity.to_owned())]);
    AlertRule { name, expr, reads, lasting: alert.lasting, labels, annotations }
}

/// When a condition holds; nothing if it is about something that is not there, or about the other alerts.
fn expression(scenario: &Scenario<'_>, alert: &Alert, reads: &Reads) -> Option<String> {
    let hosts = || scenario.deployment().hosts.iter();
    let has_gpus = || hosts().any(|(_, host)| !host.gpus.is_empty());
    let recent = RECENT.prometheus();
    let has_swap = || hosts().any(|(_, host)| host.swap.is_some());
    Some(match &alert.when {
        Condition::Restarts { service, more_than, within } => {
            restarts(scenario, service, *more_than, within.prometheus(), reads)?
        }
        Condition::CrashLoop => {
            scenario.has_kubernetes().then_some(())?;
            let waiting = [("reason", "CrashLoopBackOff")];
            // Between two crashes the container runs for a while.
            let waiting = reads.of("kube_pod_container_status_waiting_reason", &waiting);
            format!("max_over_time({waiting}[{recent}]) > 0")
        }
        Condition::NotServing { service } => not_serving(scenario, service, reads)?,
        Condition::TargetDown => format!("{} == 0", reads.of("up", &[])),
        Condition::Unhealthy => unhealthy(scenario, alert.lasting, reads)?,
        Condition::MetricMissing => return None,
        Condition::MemoryUsed { above } => {
            let total = reads.of("node_memory_MemTotal_bytes", &[]);
            let available = reads.of("node_memory_MemAvailable_bytes", &[]);
            format!("({total} - {available}) / {total} > {}", share(*above))
        }
        Condition::MemoryStalled { above } => {
            let waiting = reads.of("node_pressure_memory_waiting_seconds_total", &[]);
            format!("rate({waiting}[{recent}]) > {}", share(*above))
        }
        Condition::OomKill { within } => {
            format!("increase({}[{}]) > 0", reads.of("node_vmstat_oom_kill", &[]), within.prometheus())
        }
        Condition::SwapUsed { above } => {
            has_swap().then_some(())?;
            let free = reads.of("node_memory_SwapFree_bytes", &[]);
            format!("{free} < {} * {}", reads.of("node_memory_SwapTotal_bytes", &[]), rest(*above))
        }
        Condition::SwapMissing => any_host(hosts(), |name, host| {
            let size = host.swap.as_ref()?.size.get();
            let total = reads.of("node_memory_SwapTotal_bytes", &[("host", name.as_str())]);
            Some(format!("{total} < {size} * {}", decimal(SWAP_LEAST)))
        })?,
        Condition::SwapStorm { pages_per_second } => {
            has_swap().then_some(())?;
            let [read, written] =
                ["node_vmstat_pswpin", "node_vmstat_pswpout"].map(|metric| reads.of(metric, &[]));
            let storm = |pages| format!("rate({pages}[{recent}]) > {pages_per_second}");
            format!("{} and {}", storm(read), storm(written))
        }
        Condition::GpuXid => {
            has_gpus().then_some(())?;
            format!("{} > 0", reads.of("DCGM_FI_DEV_XID_ERRORS", &[]))
        }
        Condition::VramUsed { above } => {
            has_gpus().then_some(())?;
            let [used, free, reserved] =
                ["USED", "FREE", "RESERVED"].map(|kind| reads.of(&format!("DCGM_FI_DEV_FB_{kind}"), &[]));
            format!("{used} / ({used} + {free} + {reserved}) > {}", share(*above))
        }
        Condition::DiskLow { below } => any_host(hosts(), |name, host| {
            let labels = storage(name, host)?;
            let available = reads.of("node_filesystem_avail_bytes", &labels);
            let size = reads.of("node_filesystem_size_bytes", &labels);
            Some(format!("{available} / {size} < {}", share(*below)))
        })?,
        Condition::DiskPredictedFull { within } => any_host(hosts(), |name, host| {
            let available = reads.of("node_filesystem_avail_bytes", &storage(name, host)?);
            let seen = seen_for(*within).prometheus();
            // Where less has been seen, a download would look like what goes on for days.
            let full = format!("predict_linear({available}[{seen}], {}) < 0", within.secs());
            Some(format!("{full} and {available} offset {seen}"))
        })?,
        Condition::Watchdog => "vector(1)".to_owned(),
        Condition::Promql(text) => promql_here(scenario, text.as_str(), reads)?,
    })
}

/// Kubernetes counts the restarts. Docker tells nobody: there a service is seen to come and go, each time with two changes, or,
/// where it says since when it runs, with one.
fn restarts(
    scenario: &Scenario<'_>,
    service: &ServiceName,
    more_than: u32,
    within: String,
    reads: &Reads,
) -> Option<String> {
    let (name, spec) = scenario.service(service)?;
    let job = [("job", name.as_str())];
    let target = scenario.targets().get(name);
    Some(match scenario.runtime(spec) {
        Runtime::Kubernetes => {
            let container = [("container", name.as_str())];
            let restarts = reads.of("kube_pod_container_status_restarts_total", &container);
            format!("increase({restarts}[{within}]) > {more_than}")
        }
        Runtime::Compose if target.is_some_and(|target| target.says_when_it_started(scenario)) => {
            format!("changes({}[{within}]) > {more_than}", reads.of(STARTED, &job))
        }
        Runtime::Compose => {
            format!("changes({}[{within}]) > {}", reads.of("up", &job), u64::from(more_than) * 2)
        }
    })
}

fn not_serving(scenario: &Scenario<'_>, service: &ServiceName, reads: &Reads) -> Option<String> {
    let (name, spec) = scenario.service(service)?;
    Some(match scenario.runtime(spec) {
        Runtime::Kubernetes => no_pod_ready(scenario, name, spec, reads)?,
        Runtime::Compose => format!("{} == 0", reads.of("up", &[("job", name.as_str())])),
    })
}

fn no_pod_ready(
    scenario: &Scenario<'_>,
    name: &ServiceName,
    service: &Service,
    reads: &Reads,
) -> Option<String> {
    let namespace = scenario.namespace(&service.zone)?;
    let deployment = [("namespace", namespace.as_str()), ("deployment", name.as_str())];
    Some(format!("{} == 0", reads.of("kube_deployment_status_replicas_ready", &deployment)))
}

/// What the prober has no answer from, and pods that are not ready.
fn unhealthy(scenario: &Scenario<'_>, lasting: Duration, reads: &Reads) -> Option<String> {
    let mut slow = Vec::new();
    let mut probed = HashSet::new();
    for (name, service, ..) in super::probed(scenario) {
        probed.insert(name);
        slow.extend(service.loads_longer_than(lasting).then_some(name.as_str()));
    }
    let answers = (slow.len() < probed.len())
        .then(|| format!("{} == 0", reads.except("probe_success", "service", &slow)));
    let pod = |(name, service): (&ServiceName, &Service)| {
        let is_asked = scenario.runtime(service) == Runtime::Kubernetes
            && !service.loads_longer_than(lasting)
            && !probed.contains(name);
        is_asked.then(|| no_pod_ready(scenario, name, service, reads)).flatten()
    };
    let all: Vec<_> = answers.into_iter().chain(scenario.active().filter_map(pod)).collect();
    (!all.is_empty()).then(|| all.join(" or "))
}

/// The author's own PromQL. What it says about Kubernetes is left out where there is none.
fn promql_here(scenario: &Scenario<'_>, text: &str, reads: &Reads) -> Option<String> {
    let about_kubernetes = |selector: &Selector| {
        let metric = selector.metric.as_deref().unwrap_or_default();
        let known = super::exporters::EXPORTERS.iter().filter(|exporter| exporter.kubernetes);
        known.flat_map(|exporter| exporter.metrics).any(|known| known.has(metric))
    };
    let selectors = promql::selectors(text).unwrap_or_default();
    let here = scenario.has_kubernetes() || !selectors.iter().any(about_kubernetes);
    reads.0.borrow_mut().extend(selectors);
    here.then(|| text.to_owned())
}

/// Something that holds for one of the hosts that it concerns.
fn any_host<'a>(
    hosts: impl Iterator<Item = (&'a HostName, &'a Host)>,
    holds: impl Fn(&'a HostName, &'a Host) -> Option<String>,
) -> Option<String> {
    let all: Vec<_> = hosts.filter_map(|(name, host)| holds(name, host)).collect();
    (!all.is_empty()).then(|| all.join(" or "))
}

fn storage<'a>(name: &'a HostName, host: &'a Host) -> Option<[(&'static str, &'a str); 2]> {
    Some([("host", name.as_str()), ("mountpoint", host.storage.as_ref()?.mount.as_str())])
}

/// The labels of what stays there while pods come and go.
fn lasting(selector: &Selector) -> impl Iterator<Item = (&'static str, &str)> {
    ["mountpoint", "deployment"].into_iter().filter_map(|label| Some((label, selector.value(label)?)))
}

/// The series that rules rely on, as each target that always exports them has them.
fn absences<'r>(
    scenario: &Scenario<'_>,
    relied_on: impl Iterator<Item = &'r Selector>,
) -> IndexSet<Selector> {
    let mut absences = IndexSet::new();
    for selector in relied_on.collect::<IndexSet<_>>() {
        let Some(metric) = &selector.metric else { continue };
        for target in scenario.targets().asked(selector) {
            if target.exports(scenario, metric).is_some_and(Exported::always) {
                let job = [("job", target.name.as_str())];
                let labels: Vec<_> = job.into_iter().chain(lasting(selector)).collect();
                absences.insert(Selector::new(metric, &labels));
            }
        }
    }
    absences
}

/// A percentage as PromQL counts it: `0.95`.
fn share(percent: Percent) -> String {
    decimal(percent.get())
}

/// What a percentage leaves of the whole.
fn rest(percent: Percent) -> String {
    decimal(100 - percent.get())
}

fn decimal(hundredths: u8) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
