//! Memory, its pressure, and swap.

use omni_model::{
    deployment::Condition,
    monitoring::{self, exporters},
};

use super::Watched;
use crate::grafana::dashboard::{Panel, unit};

pub(super) fn panels(watched: &Watched<'_, '_>) -> Vec<Panel> {
    of_hosts(watched).into_iter().chain(of_services(watched)).collect()
}

/// The memory of services, as a share of their limits.
fn of_services(watched: &Watched<'_, '_>) -> Vec<Panel> {
    let near = watched.thresholds(|condition| match condition {
        Condition::ServiceMemory(keys) => Some(keys.above),
        _ => None,
    });
    let panel = |title: &str| Panel::lines(title, unit::SHARE).max(1.0).alert_above(near.clone());
    let containers = monitoring::containers_memory(watched.facts, watched.targets).map(|share| {
        panel("Memory of containers (share of limit)")
            .query(share, format!("{{{{{}}}}}", exporters::COMPOSE_SERVICE))
    });
    let pods = monitoring::pods_memory(watched.facts, watched.targets).map(|share| {
        // cAdvisor identifies a pod only by its uid.
        let named = format!(
            r#"{share} * on (uid) group_left (namespace, pod) kube_pod_status_phase{{phase="Running"}}"#
        );
        panel("Memory of pods (share of limit)").query(named, "{{namespace}} {{pod}}")
    });
    containers.into_iter().chain(pods).collect()
}

fn of_hosts(watched: &Watched<'_, '_>) -> Vec<Panel> {
    if !watched.has("node") {
        return Vec::new();
    }
    let used = watched.thresholds(|condition| match condition {
        Condition::MemoryUsed(keys) => Some(keys.above),
        _ => None,
    });
    let stalled = watched.thresholds(|condition| match condition {
        Condition::MemoryStalled(keys) => Some(keys.above),
        _ => None,
    });
    let mut panels = vec![
        Panel::lines("Memory used", unit::SHARE)
            .max(1.0)
            .alert_above(used)
            .query("1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", "{{host}}"),
        // Mapped files count as available memory, so the pressure says more than the use.
        Panel::lines("Memory pressure (share of time that processes wait)", unit::SHARE)
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
            Panel::lines("Pages swapped in and out", unit::PER_SECOND)
                .query("rate(node_vmstat_pswpin[5m])", "{{host}} in")
                .query("rate(node_vmstat_pswpout[5m])", "{{host}} out"),
        );
    }
    panels.push(
        Panel::lines("Processes killed by the kernel for lack of memory (per hour)", unit::NUMBER)
            .query("increase(node_vmstat_oom_kill[1h])", "{{host}}"),
    );
    panels
}
