//! The kinds of alerts, one file each, named as a document names the kind. A kind's file has its PromQL, the metrics that it
//! reads, and the series that prove it. Its keys are in `deployment/condition.rs`: a deployment knows nothing of monitoring.

use std::collections::HashMap;

pub use service_memory::{containers_memory, pods_memory};

use super::{
    cases::{self, AlertCases},
    kind::Kind,
    query::Query,
    rule::AlertRule,
    story::Site,
    targets::Targets,
};
use crate::{
    Scenario,
    deployment::{Alert, Condition},
    units::Duration,
};

/// Makes of each line a module (`gpu_hot.rs`), and the way from the condition to what the module says of it: the condition's keys,
/// or a unit struct.
macro_rules! kinds {
    ($($file:ident $kind:ident $(($keys:ident))?,)*) => {
        $(mod $file;)*

        /// What the kind of a condition says of it.
        fn kind(when: &Condition) -> &dyn Kind {
            match when {
                $(Condition::$kind $(($keys))? => kinds!(@kind $file $kind $($keys)?),)*
            }
        }
    };
    (@kind $file:ident $kind:ident) => { &$file::$kind };
    (@kind $file:ident $kind:ident $keys:ident) => { $keys };
}

kinds! {
    restarts Restarts(keys),
    crash_loop CrashLoop,
    not_serving NotServing(keys),
    target_down TargetDown,
    unhealthy Unhealthy,
    metric_missing MetricMissing,
    service_memory ServiceMemory(keys),
    memory_used MemoryUsed(keys),
    memory_stalled MemoryStalled(keys),
    oom_kill OomKill(keys),
    swap_used SwapUsed(keys),
    swap_missing SwapMissing,
    swap_storm SwapStorm(keys),
    gpu_lost GpuLost,
    gpu_xid GpuXid,
    gpu_hot GpuHot(keys),
    gpu_throttled GpuThrottled,
    gpu_row_remap_failed GpuRowRemapFailed,
    memory_uncorrectable MemoryUncorrectable(keys),
    memory_correctable MemoryCorrectable(keys),
    clock_unsynchronized ClockUnsynchronized,
    notifications_failed NotificationsFailed,
    notifications_dropped NotificationsDropped,
    rule_failures RuleFailures,
    vram_used VramUsed(keys),
    disk_low DiskLow(keys),
    disk_predicted_full DiskPredictedFull(keys),
    inodes_low InodesLow(keys),
    disk_read_only DiskReadOnly,
    watchdog Watchdog,
    promql Promql(text),
}

/// The alerting rules of a scenario. An alert about what the option or the hardware does not have is left out.
pub(crate) fn alerts<'a>(scenario: &Scenario<'a>, targets: &Targets<'a>) -> Vec<AlertRule<'a>> {
    let Some(monitoring) = &scenario.deployment().monitoring else { return Vec::new() };
    let mut rules = Vec::new();
    for (name, alert) in &monitoring.alerts {
        let query = Query::new(scenario, targets, alert.lasting);
        let expr = kind(&alert.when).expr(&query);
        rules.extend(expr.map(|expr| AlertRule::new(scenario, name, alert, expr, query.into_reads())));
    }
    let relied_on = metric_missing::relied_on(scenario, targets, rules.iter());
    let missing = monitoring.alerts.iter().filter(|(_, alert)| alert.when == Condition::MetricMissing);
    let missing =
        missing.flat_map(|(name, alert)| metric_missing::rules(scenario, targets, name, alert, &relied_on));
    rules.extend(missing);
    rules
}

/// The cases of each alert that has rules in a scenario.
pub(crate) fn cases<'a>(
    scenario: &Scenario<'a>,
    targets: &Targets<'a>,
    alerts: &[AlertRule<'a>],
) -> Vec<AlertCases<'a>> {
    let Some(monitoring) = &scenario.deployment().monitoring else { return Vec::new() };
    let mut rules: HashMap<_, Vec<_>> = HashMap::new();
    for rule in alerts {
        rules.entry(rule.name).or_default().push(rule);
    }
    let mut all = Vec::new();
    for (name, alert) in &monitoring.alerts {
        let own = rules.remove(name).unwrap_or_default();
        let Some(rule) = own.first() else { continue };
        let kind = kind(&alert.when);
        let site = Site::new(scenario, targets, alert, interval(alert, kind, monitoring.scrape_interval));
        let mut cases = kind.cases(&site, alert, &own);
        cases.extend(alert.cases.iter().map(|case| cases::written(case, rule)));
        all.push(AlertCases { alert: name, interval: site.interval(), cases });
    }
    all
}

/// The time between two values of an alert's series: that between two scrapes, which the author's cases are written for, or a
/// longer one that the kind has for its own.
fn interval(alert: &Alert, kind: &dyn Kind, scrapes: Duration) -> Duration {
    if alert.cases.is_empty() { scrapes.max(kind.sampled_every()) } else { scrapes }
}
