//! Memory, its pressure, and swap.

use omni_model::deployment::Condition;

use super::Watched;
use crate::grafana::dashboard::{Panel, unit};

pub(super) fn panels(watched: &Watched<'_, '_>) -> Vec<Panel> {
    if !watched.has("node") {
        return Vec::new();
    }
    let used = watched.thresholds(|condition| match condition {
        Condition::MemoryUsed { above } => Some(*above),
        _ => None,
    });
    let stalled = watched.thresholds(|condition| match condition {
        Condition::MemoryStalled { above } => Some(*above),
        _ => None,
    });
    let mut panels = vec![
        Panel::lines("Memory used", unit::SHARE)
            .max(1.0)
            .alert_above(used)
            .query("1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "{{host}}"),
        // What is mapped from a file counts as available, so the pressure says more than the use.
        Panel::lines("Memory pressure: share of the time that processes wait", unit::SHARE)
            .alert_above(stalled)
            .query("rate(node_pressure_memory_waiting_seconds_total[5m])", "{{host}} some")
            .query("rate(node_pressure_memory_stalled_seconds_total[5m])", "{{host}} all"),
    ];
    if watched.hosts("node").any(|(_, host)| host.swap.is_some()) {
        panels.push(
            Panel::lines("Swap", unit::BYTES)
                .query("node_memory_SwapTotal_bytes - node_memory_SwapFree_bytes", "{{host}} used")
                .query("node_memory_SwapTotal_bytes", "{{host}} size"),
        );
        panels.push(
            Panel::lines("Pages to and from the swap", unit::PER_SECOND)
                .query("rate(node_vmstat_pswpin[5m])", "{{host}} in")
                .query("rate(node_vmstat_pswpout[5m])", "{{host}} out"),
        );
    }
    panels.push(
        Panel::lines("Processes that the kernel killed for their memory, in an hour", unit::NUMBER)
            .query("increase(node_vmstat_oom_kill[1h])", "{{host}}"),
    );
    panels
}
