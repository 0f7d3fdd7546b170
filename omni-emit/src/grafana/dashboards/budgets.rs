//! What the model promises against what is measured.

use omni_model::{
    budget,
    deployment::{Gpu, Host},
    names::{GpuName, HostName},
    running,
    units::Bytes,
};

use super::{Watched, constant};
use crate::grafana::dashboard::{PLANNED, Panel, unit};

pub(super) fn panels(watched: &Watched<'_, '_>) -> Vec<Panel> {
    let mut panels = Vec::new();
    for (name, host) in watched.hosts("node") {
        panels.extend(ram(watched, name, host));
    }
    for (name, host) in watched.hosts("dcgm") {
        let running = running::active(watched.scenario, name);
        let mut ledgers = budget::vram(watched.scenario, name, host, &running);
        for (i, (gpu, spec)) in host.gpus.iter().enumerate() {
            let planned = ledgers.swap_remove(gpu).map_or(Bytes::ZERO, |ledger| ledger.total());
            panels.push(vram(name, i, gpu, spec, planned));
        }
    }
    panels.extend(watched.hosts("node").filter_map(|(name, host)| disk(watched, name, host)));
    panels
}

fn ram(watched: &Watched<'_, '_>, name: &HostName, host: &Host) -> [Panel; 2] {
    let ledger = budget::ram(watched.scenario, name, host, &running::active(watched.scenario, name));
    let entry = |entry: &budget::Entry| (constant(entry.amount.get()), entry.label.clone());
    let at = format!("{{host=\"{name}\"}}");
    [
        Panel::lines(format!("RAM of {name}"), unit::BYTES)
            .query(format!("node_memory_MemTotal_bytes{at} - node_memory_MemAvailable_bytes{at}"), "used")
            .query(format!("node_memory_MemTotal_bytes{at}"), "MemTotal")
            .query(constant(ledger.total().get()), PLANNED)
            .query(constant(ledger.limit.get()), format!("{PLANNED} at most ({})", host.ram.ceiling)),
        Panel::bars(format!("RAM of {name} as planned"), unit::BYTES)
            .max(float(ledger.capacity))
            .queries(ledger.entries.iter().map(entry))
            .query(constant(ledger.total().get()), "total"),
    ]
}

/// GPUs are told apart by their UUIDs, or by their numbers, which follow the bus as the model's order does.
fn vram(host: &HostName, index: usize, name: &GpuName, gpu: &Gpu, planned: Bytes) -> Panel {
    let which = match &gpu.uuid {
        Some(uuid) => format!("UUID=\"{uuid}\""),
        None => format!("gpu=\"{index}\""),
    };
    let at = format!("{{host=\"{host}\",{which}}}");
    Panel::lines(format!("VRAM of {name} ({host})"), unit::BYTES)
        .max(float(gpu.vram))
        .query(format!("DCGM_FI_DEV_FB_USED{at} * 1048576"), "used")
        .query(constant(planned.get()), PLANNED)
        .query(constant(gpu.vram.get()), format!("{PLANNED} at most"))
}

fn disk(watched: &Watched<'_, '_>, name: &HostName, host: &Host) -> Option<Panel> {
    let ledger = budget::disk(name, host, watched.scenario.deployment())?;
    let mount = &host.storage.as_ref()?.mount;
    let at = format!("{{host=\"{name}\",mountpoint=\"{mount}\"}}");
    let panel = Panel::lines(format!("{mount} of {name}"), unit::BYTES)
        .query(format!("node_filesystem_size_bytes{at} - node_filesystem_avail_bytes{at}"), "used")
        .query(format!("node_filesystem_size_bytes{at}"), "size")
        .query(constant(ledger.total().get()), PLANNED)
        .query(constant(ledger.capacity.get()), format!("{PLANNED} at most"));
    Some(panel)
}

/// A size for the end of a scale.
#[expect(clippy::cast_precision_loss, reason = "a scale needs no more than the 53 bits of a float")]
fn float(bytes: Bytes) -> f64 {
    bytes.get() as f64
}
