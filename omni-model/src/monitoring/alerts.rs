//! The alerts in PromQL, with the names that the deployment has.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashSet},
};

use indexmap::{IndexMap, IndexSet};

use super::{
    action,
    exporters::{COMPOSE_PROJECT, COMPOSE_SERVICE, Exported},
    gpus,
    promql::{self, Selector},
    targets::{STARTED, Target},
};
use crate::{
    Scenario, budget,
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
            let (expr, reads) = absent(scenario, alert, absence);
            let mut rule = rule(scenario, name, alert, expr, reads);
            // Two rules of one name differ in their labels.
            rule.labels.extend(lasting(absence).map(|(label, value)| (label, value.to_owned())));
            rule.labels.extend(absence.metric.clone().map(|metric| ("metric", metric)));
            rules.push(rule);
        }
    }
    rules
}

/// When a metric is gone. A service that may load for longer than the alert waits has none until it answers: that it does not is
/// for other alerts.
fn absent(scenario: &Scenario<'_>, alert: &Alert, absence: &Selector) -> (String, Vec<Selector>) {
    let gone = format!("absent({absence})");
    let target = absence.value("job").and_then(|job| scenario.targets().iter().find(|it| *it.name == job));
    match target.filter(|target| target.service.loads_beyond(alert.lasting).is_some()) {
        Some(target) => {
            let up = Selector::new("up", &[("job", target.name.as_str())]);
            (format!("{gone} unless on (job) {up} == 0"), vec![absence.clone(), up])
        }
        None => (gone, vec![absence.clone()]),
    }
}

/// How far rates, and crashes that come and go, are looked back at.
pub(super) const RECENT: Duration = Duration::from_secs(300);

/// For how long an alert is about something that happened once, where the metric shows the last event for ever after: for ten
/// minutes, and for longer if the alert waits for long.
pub(super) fn noted(lasting: Duration) -> Duration {
    Duration::from_secs(lasting.secs().saturating_mul(2).max(600))
}

/// Why a GPU's clocks are lowered when something is wrong, as dcgm-exporter calls it. Its own power limit (`power_cap`) and idleness
/// are no faults.
/// <https://github.com/NVIDIA/dcgm-exporter/blob/main/internal/pkg/collector/clock_events_collector.go>
pub(super) const THROTTLED: [&str; 4] = ["hw_slowdown", "hw_thermal", "hw_power_brake", "sw_thermal"];

/// The error beyond which the kernel calls a clock unsynchronized, in seconds.
/// <https://github.com/prometheus/node_exporter/blob/master/docs/node-mixin/alerts/alerts.libsonnet>
pub(super) const CLOCK_ERROR: u64 = 16;

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
        if values.is_empty() { self.of(metric, &[]) } else { self.matching(metric, label, "!~", values) }
    }

    /// The series of a metric whose label has one of these values.
    fn among(&self, metric: &str, label: &str, values: &[&str]) -> String {
        match values {
            [value] => self.of(metric, &[(label, value)]),
            _ => self.matching(metric, label, "=~", values),
        }
    }

    fn matching(&self, metric: &str, label: &str, how: &str, values: &[&str]) -> String {
        let labels = vec![(label.to_owned(), None)];
        self.0.borrow_mut().push(Selector { metric: Some(metric.to_owned()), labels });
        format!("{metric}{{{label}{how}\"{}\"}}", values.join("|"))
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
        Condition::CrashLoop => crash_loop(scenario, reads)?,
        Condition::NotServing { service } => not_serving(scenario, service, reads)?,
        Condition::TargetDown => {
            let targets = scenario.targets().iter().map(|target| (target.name, target.service));
            // What is no service, the prober's job for example, loads for no time.
            let others = true;
            down_by_label("up", "job", targets, others, alert.lasting, reads).join(" or ")
        }
        Condition::Unhealthy => unhealthy(scenario, alert.lasting, reads)?,
        Condition::MetricMissing => return None,
        Condition::ServiceMemory { above } => service_memory(scenario, *above, reads)?,
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
        Condition::GpuLost => gpu_lost(scenario, reads)?,
        Condition::GpuXid => {
            has_gpus().then_some(())?;
            // The code is a label as well: another error is another series.
            let last = reads.of("DCGM_FI_DEV_XID_ERRORS", &[]);
            format!("{last} > 0 unless {last} offset {}", noted(alert.lasting).prometheus())
        }
        Condition::GpuHot { above } => {
            has_gpus().then_some(())?;
            format!("{} > {above}", reads.of("DCGM_FI_DEV_GPU_TEMP", &[]))
        }
        Condition::GpuThrottled => {
            has_gpus().then_some(())?;
            counts_clock_events(scenario).then_some(())?;
            format!("{} > 0", reads.among(CLOCK_EVENTS, "clock_event", &THROTTLED))
        }
        Condition::GpuRowRemapFailed => {
            has_gpus().then_some(())?;
            format!("{} > 0", reads.of("DCGM_FI_DEV_ROW_REMAP_FAILURE", &[]))
        }
        Condition::MemoryUncorrectable { within } => {
            let errors = reads.of("node_edac_uncorrectable_errors_total", &[]);
            format!("increase({errors}[{}]) > 0", within.prometheus())
        }
        Condition::MemoryCorrectable { more_than, within } => {
            let errors = reads.of("node_edac_correctable_errors_total", &[]);
            format!("increase({errors}[{}]) > {more_than}", within.prometheus())
        }
        Condition::ClockUnsynchronized => {
            let synchronized = reads.of("node_timex_sync_status", &[]);
            let error = reads.of("node_timex_maxerror_seconds", &[]);
            format!("{synchronized} == 0 and {error} >= {CLOCK_ERROR}")
        }
        Condition::NotificationsFailed => counted("alertmanager_notifications_failed_total", reads),
        Condition::NotificationsDropped => counted("prometheus_notifications_dropped_total", reads),
        Condition::RuleFailures => counted("prometheus_rule_evaluation_failures_total", reads),
        Condition::VramUsed { above } => {
            has_gpus().then_some(())?;
            let [used, free, reserved] =
                ["USED", "FREE", "RESERVED"].map(|kind| reads.of(&format!("DCGM_FI_DEV_FB_{kind}"), &[]));
            format!("{used} / ({used} + {free} + {reserved}) > {}", share(*above))
        }
        Condition::DiskLow { below } => any_disk(scenario, |labels| {
            let available = reads.of("node_filesystem_avail_bytes", labels);
            let size = reads.of("node_filesystem_size_bytes", labels);
            format!("{available} / {size} < {}", share(*below))
        })?,
        Condition::DiskPredictedFull { within } => any_disk(scenario, |labels| {
            let available = reads.of("node_filesystem_avail_bytes", labels);
            let seen = seen_for(*within).prometheus();
            // Where less has been seen, a download would look like what goes on for days.
            let full = format!("predict_linear({available}[{seen}], {}) < 0", within.secs());
            format!("{full} and {available} offset {seen}")
        })?,
        // btrfs makes inodes as it needs them and counts none: 0 / 0 is no number, and below nothing.
        Condition::InodesLow { below } => any_disk(scenario, |labels| {
            let free = reads.of("node_filesystem_files_free", labels);
            let all = reads.of("node_filesystem_files", labels);
            format!("{free} / {all} < {}", share(*below))
        })?,
        Condition::DiskReadOnly => {
            any_disk(scenario, |labels| format!("{} == 1", reads.of("node_filesystem_readonly", labels)))?
        }
        Condition::Watchdog => "vector(1)".to_owned(),
        Condition::Promql(text) => promql_here(scenario, text.as_str(), reads)?,
    })
}

/// That a service sees fewer GPUs than it takes memory of, or that nobody has looked for a while.
fn gpu_lost(scenario: &Scenario<'_>, reads: &Reads) -> Option<String> {
    let mut all = Vec::new();
    for host in scenario.deployment().hosts.keys() {
        if gpus::gpu_watch(scenario, host).is_none() {
            continue;
        }
        for (service, _, count) in gpus::gpu_services(scenario, host) {
            let seen = reads.of(gpus::SEEN, &[("host", host.as_str()), ("service", service.as_str())]);
            all.push(format!("{seen} < {count}"));
        }
        let file = format!("{}/{}", gpus::FOLDER, gpus::FILE);
        let written = reads.of(gpus::WRITTEN, &[("host", host.as_str()), ("file", &file)]);
        all.push(format!("time() - {written} > {}", gpus::HOLDS.secs()));
    }
    (!all.is_empty()).then(|| all.join(" or "))
}

/// Since when cAdvisor sees a container run.
pub(super) const CONTAINER_STARTED: &str = "container_start_time_seconds";

/// What a container holds and cannot give back at once.
pub(super) const WORKING_SET: &str = "container_memory_working_set_bytes";

/// What it may hold.
pub(super) const MEMORY_LIMIT: &str = "container_spec_memory_limit_bytes";

/// How many starts of a container are fine on Docker Compose, and in how long.
pub(super) const STARTS: (u64, Duration) = (2, Duration::from_secs(600));

/// The control groups of whole pods, as systemd and as the kubelet itself names them. Those of their containers are below.
const POD_GROUPS: &str = "/kubepods.*pod[0-9a-f]+([_-][0-9a-f]+){4}([.]slice)?";

/// The uid in such a name, in five parts: systemd wants no dashes.
const POD_UID: &str =
    "/kubepods.*pod([0-9a-f]+)[_-]([0-9a-f]+)[_-]([0-9a-f]+)[_-]([0-9a-f]+)[_-]([0-9a-f]+)([.]slice)?";

/// Whether a cAdvisor looks at the host of some services that run so.
pub(super) fn sees(scenario: &Scenario<'_>, runtime: Runtime) -> bool {
    scenario.run_by(runtime).any(|(_, service)| watcher(scenario, service).is_some())
}

/// The cAdvisor of a service's host.
pub(super) fn watcher<'t, 'a>(scenario: &'t Scenario<'a>, service: &Service) -> Option<&'t Target<'a>> {
    let (host, _) = scenario.host(service)?;
    scenario
        .targets()
        .iter()
        .find(|target| target.host == host && target.exports(scenario, CONTAINER_STARTED).is_some())
}

fn crash_loop(scenario: &Scenario<'_>, reads: &Reads) -> Option<String> {
    let pods = scenario.has_kubernetes().then(|| {
        let waiting = [("reason", "CrashLoopBackOff")];
        // Between two crashes the container runs for a while.
        let waiting = reads.of("kube_pod_container_status_waiting_reason", &waiting);
        format!("max_over_time({waiting}[{}]) > 0", RECENT.prometheus())
    });
    let containers = sees(scenario, Runtime::Compose).then(|| {
        let ours = [(COMPOSE_PROJECT, scenario.deployment().name.as_str())];
        let (fine, within) = STARTS;
        format!("changes({}[{}]) > {fine}", reads.of(CONTAINER_STARTED, &ours), within.prometheus())
    });
    let all: Vec<_> = pods.into_iter().chain(containers).collect();
    (!all.is_empty()).then(|| all.join(" or "))
}

/// The share of its limit that a container or a pod holds. Without a limit there is none.
pub(super) fn share_of_limit(working_set: &str, limit: &str) -> String {
    format!("{working_set} / ({limit} > 0)")
}

/// The shares of its limit that each container of this deployment holds; nothing where none is seen.
pub fn containers_memory(scenario: &Scenario<'_>) -> Option<String> {
    containers_memory_of(scenario, &Reads::default())
}

fn containers_memory_of(scenario: &Scenario<'_>, reads: &Reads) -> Option<String> {
    sees(scenario, Runtime::Compose).then_some(())?;
    let ours = [(COMPOSE_PROJECT, scenario.deployment().name.as_str())];
    Some(share_of_limit(&reads.of(WORKING_SET, &ours), &reads.of(MEMORY_LIMIT, &ours)))
}

/// The shares of its limit that each pod holds, with its uid; nothing where none is seen.
pub fn pods_memory(scenario: &Scenario<'_>) -> Option<String> {
    pods_memory_of(scenario, &Reads::default())
}

fn pods_memory_of(scenario: &Scenario<'_>, reads: &Reads) -> Option<String> {
    sees(scenario, Runtime::Kubernetes).then_some(())?;
    let [held, limit] =
        [WORKING_SET, MEMORY_LIMIT].map(|metric| reads.matching(metric, "id", "=~", &[POD_GROUPS]));
    let share = share_of_limit(&held, &limit);
    Some(format!(r#"label_replace({share}, "uid", "$1-$2-$3-$4-$5", "id", "{POD_UID}")"#))
}

fn service_memory(scenario: &Scenario<'_>, above: Percent, reads: &Reads) -> Option<String> {
    let above = share(above);
    let containers = containers_memory_of(scenario, reads).map(|held| format!("{held} > {above}"));
    // cAdvisor knows a pod by its uid alone; kube-state-metrics knows its name.
    let pods = pods_memory_of(scenario, reads).map(|held| {
        let running = reads.of("kube_pod_status_phase", &[("phase", "Running")]);
        format!("{running} == 1 and on (uid) {held} > {above}")
    });
    let all: Vec<_> = containers.into_iter().chain(pods).collect();
    (!all.is_empty()).then(|| all.join(" or "))
}

/// Kubernetes counts the restarts, and on Docker Compose cAdvisor sees since when a container runs. Without it a service is seen to
/// come and go, each time with two changes, or, where it says itself since when it runs, with one.
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
            let container = [("container", spec.container(name))];
            let restarts = reads.of("kube_pod_container_status_restarts_total", &container);
            format!("increase({restarts}[{within}]) > {more_than}")
        }
        Runtime::Compose if watcher(scenario, spec).is_some() => {
            let project = scenario.deployment().name.as_str();
            let this = [(COMPOSE_PROJECT, project), (COMPOSE_SERVICE, name.as_str())];
            format!("changes({}[{within}]) > {more_than}", reads.of(CONTAINER_STARTED, &this))
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
        Runtime::Kubernetes => down(&pods_ready(scenario, name, spec, reads)?, None),
        Runtime::Compose => format!("{} == 0", reads.of("up", &[("job", name.as_str())])),
    })
}

/// How many pods of a service are ready.
fn pods_ready(
    scenario: &Scenario<'_>,
    name: &ServiceName,
    service: &Service,
    reads: &Reads,
) -> Option<String> {
    let namespace = scenario.namespace(&service.zone)?;
    let deployment = [("namespace", namespace.as_str()), ("deployment", service.workload(name))];
    Some(reads.of("kube_deployment_status_replicas_ready", &deployment))
}

/// What the prober has no answer from, and pods that are not ready.
fn unhealthy(scenario: &Scenario<'_>, lasting: Duration, reads: &Reads) -> Option<String> {
    let probed: Vec<_> = super::probed(scenario).map(|(name, service, ..)| (name, service)).collect();
    let answers = down_by_label("probe_success", "service", probed.iter().copied(), false, lasting, reads);
    let probed: HashSet<_> = probed.into_iter().map(|(name, _)| name).collect();
    let pod = |(name, service): (&ServiceName, &Service)| {
        let is_asked = scenario.runtime(service) == Runtime::Kubernetes && !probed.contains(name);
        let ready = is_asked.then(|| pods_ready(scenario, name, service, reads)).flatten()?;
        Some(down(&ready, service.loads_beyond(lasting)))
    };
    let all: Vec<_> = answers.into_iter().chain(scenario.active().filter_map(pod)).collect();
    (!all.is_empty()).then(|| all.join(" or "))
}

/// Which series of a metric are zero, with the time that each service may load for beyond what the alert waits; those of no
/// service too, if there are others.
fn down_by_label<'a>(
    metric: &str,
    label: &str,
    services: impl Iterator<Item = (&'a ServiceName, &'a Service)>,
    mut others: bool,
    lasting: Duration,
    reads: &Reads,
) -> Vec<String> {
    let mut slow: BTreeMap<Duration, Vec<&str>> = BTreeMap::new();
    for (name, service) in services {
        match service.loads_beyond(lasting) {
            Some(beyond) => slow.entry(beyond).or_default().push(name.as_str()),
            None => others = true,
        }
    }
    let all_slow: Vec<_> = slow.values().flatten().copied().collect();
    let quick = others.then(|| down(&reads.except(metric, label, &all_slow), None));
    let slow = slow.iter().map(|(beyond, names)| down(&reads.among(metric, label, names), Some(*beyond)));
    quick.into_iter().chain(slow).collect()
}

/// That a series is zero, for so long if that is given: what loads is not down. What has been seen for less says nothing yet, as
/// when Prometheus starts together with what it watches.
fn down(series: &str, beyond: Option<Duration>) -> String {
    match beyond.map(Duration::prometheus) {
        Some(beyond) => format!("max_over_time({series}[{beyond}]) == 0 and {series} offset {beyond}"),
        None => format!("{series} == 0"),
    }
}

/// That a counter has counted something lately.
fn counted(metric: &str, reads: &Reads) -> String {
    format!("increase({}[{}]) > 0", reads.of(metric, &[]), RECENT.prometheus())
}

/// The metric by which dcgm-exporter counts why clocks were lowered. It is not among its default counters.
pub(super) const CLOCK_EVENTS: &str = "DCGM_EXP_CLOCK_EVENTS_COUNT";

/// Whether a dcgm-exporter counts why clocks were lowered: a container is given a file that says so.
fn counts_clock_events(scenario: &Scenario<'_>) -> bool {
    let mut targets = scenario.targets().iter();
    targets.any(|target| {
        scenario.runtime(target.service) == Runtime::Compose
            && target.exports(scenario, CLOCK_EVENTS).is_some()
    })
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

/// Something that holds for one of the file systems that the deployment writes to, by its labels.
fn any_disk(scenario: &Scenario<'_>, holds: impl Fn(&[(&str, &str)]) -> String) -> Option<String> {
    let all: Vec<_> = scenario
        .deployment()
        .hosts
        .iter()
        .flat_map(|(name, host)| {
            let mounts = budget::file_systems(scenario, name, host).into_iter().map(|disk| disk.mount);
            mounts.map(move |mount| [("host", name.as_str()), ("mountpoint", mount)])
        })
        .map(|labels| holds(&labels))
        .collect();
    (!all.is_empty()).then(|| all.join(" or "))
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
