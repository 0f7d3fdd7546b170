//! The kinds of alerts, one file each, named as a document names the kind. A kind's file has its PromQL, the metrics that it
//! reads, and the series that prove it. Its keys are in `deployment/condition.rs`: a deployment knows nothing of monitoring.

mod clock_unsynchronized;
mod crash_loop;
mod disk_low;
mod disk_predicted_full;
mod disk_read_only;
mod gpu_hot;
mod gpu_lost;
mod gpu_row_remap_failed;
mod gpu_throttled;
mod gpu_xid;
mod inodes_low;
mod memory_correctable;
mod memory_stalled;
mod memory_uncorrectable;
mod memory_used;
mod metric_missing;
mod not_serving;
mod notifications_dropped;
mod notifications_failed;
mod oom_kill;
mod promql;
mod restarts;
mod rule_failures;
mod service_memory;
mod swap_missing;
mod swap_storm;
mod swap_used;
mod target_down;
mod unhealthy;
mod vram_used;
mod watchdog;

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

/// The kind of a condition.
fn kind(when: &Condition) -> &dyn Kind {
    match when {
        Condition::Restarts(keys) => keys,
        Condition::CrashLoop => &crash_loop::CrashLoop,
        Condition::NotServing(keys) => keys,
        Condition::TargetDown => &target_down::TargetDown,
        Condition::Unhealthy => &unhealthy::Unhealthy,
        Condition::MetricMissing => &metric_missing::MetricMissing,
        Condition::ServiceMemory(keys) => keys,
        Condition::MemoryUsed(keys) => keys,
        Condition::MemoryStalled(keys) => keys,
        Condition::OomKill(keys) => keys,
        Condition::SwapUsed(keys) => keys,
        Condition::SwapMissing => &swap_missing::SwapMissing,
        Condition::SwapStorm(keys) => keys,
        Condition::GpuLost => &gpu_lost::GpuLost,
        Condition::GpuXid => &gpu_xid::GpuXid,
        Condition::GpuHot(keys) => keys,
        Condition::GpuThrottled => &gpu_throttled::GpuThrottled,
        Condition::GpuRowRemapFailed => &gpu_row_remap_failed::GpuRowRemapFailed,
        Condition::MemoryUncorrectable(keys) => keys,
        Condition::MemoryCorrectable(keys) => keys,
        Condition::ClockUnsynchronized => &clock_unsynchronized::ClockUnsynchronized,
        Condition::NotificationsFailed => &notifications_failed::NotificationsFailed,
        Condition::NotificationsDropped => &notifications_dropped::NotificationsDropped,
        Condition::RuleFailures => &rule_failures::RuleFailures,
        Condition::VramUsed(keys) => keys,
        Condition::DiskLow(keys) => keys,
        Condition::DiskPredictedFull(keys) => keys,
        Condition::InodesLow(keys) => keys,
        Condition::DiskReadOnly => &disk_read_only::DiskReadOnly,
        Condition::Watchdog => &watchdog::Watchdog,
        Condition::Promql(text) => text,
    }
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
