//! Planned values beside measured ones.

use omni_model::{
    budget::{self, FileSystem},
    deployment::{Gpu, Host},
    ledger::{self, Ledger},
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
        let running = running::active(watched.facts, name);
        let mut ledgers = budget::vram(watched.facts, name, host, &running);
        for (i, (gpu, spec)) in host.gpus.iter().enumerate() {
            let ledger = ledgers.swap_remove(gpu);
            panels.extend(ledger.map(|ledger| vram(name, i, gpu, spec, &ledger)));
        }
    }
    for (name, host) in watched.hosts("node") {
        let disks = budget::file_systems(watched.facts, name, host);
        panels.extend(disks.into_iter().filter_map(|file_system| disk(name, &file_system)));
    }
    panels
}

fn ram(watched: &Watched<'_, '_>, name: &HostName, host: &Host) -> [Panel; 2] {
    let ledger = budget::ram(watched.facts, name, host, &running::active(watched.facts, name));
    let entry = |entry: &ledger::Entry| (constant(entry.amount.get()), entry.label.clone());
    let at = format!("{{host=\"{name}\"}}");
    [
        Panel::lines(format!("RAM of {name}"), unit::BYTES)
            .query(format!("node_memory_MemTotal_bytes{at} - node_memory_MemAvailable_bytes{at}"), "used")
            .query(format!("node_memory_MemTotal_bytes{at}"), "MemTotal")
            .query(constant(ledger.total().get()), PLANNED)
            .query(constant(ledger.limit.get()), format!("{PLANNED} limit ({})", host.ram.ceiling)),
        Panel::bars(format!("RAM of {name}, planned"), unit::BYTES)
            .max(float(ledger.capacity))
            .queries(ledger.entries.iter().map(entry))
            .query(constant(ledger.total().get()), "total"),
    ]
}

/// GPUs are identified by their UUIDs or by their numbers, which are in the order of their PCI addresses, as in the model.
fn vram(host: &HostName, index: usize, name: &GpuName, gpu: &Gpu, ledger: &Ledger) -> Panel {
    let which = match &gpu.uuid {
        Some(uuid) => format!("UUID=\"{uuid}\""),
        None => format!("gpu=\"{index}\""),
    };
    let at = format!("{{host=\"{host}\",{which}}}");
    Panel::lines(format!("VRAM of {name} ({host})"), unit::BYTES)
        .max(float(gpu.vram))
        .query(format!("DCGM_FI_DEV_FB_USED{at} * 1048576"), "used")
        .query(constant(ledger.total().get()), PLANNED)
        .query(constant(ledger.limit.get()), format!("{PLANNED} limit"))
}

fn disk(name: &HostName, FileSystem { mount, ledger }: &FileSystem<'_>) -> Option<Panel> {
    let ledger = ledger.as_ref()?;
    let at = format!("{{host=\"{name}\",mountpoint=\"{mount}\"}}");
    let panel = Panel::lines(format!("{mount} of {name}"), unit::BYTES)
        .query(format!("node_filesystem_size_bytes{at} - node_filesystem_avail_bytes{at}"), "used")
        .query(format!("node_filesystem_size_bytes{at}"), "size")
        .query(constant(ledger.total().get()), PLANNED)
        .query(constant(ledger.limit.get()), format!("{PLANNED} limit"));
    Some(panel)
}

/// A size for the end of a scale.
#[expect(clippy::cast_precision_loss, reason = "a scale needs no more than the 53 bits of a float")]
fn float(bytes: Bytes) -> f64 {
    bytes.get() as f64
}
