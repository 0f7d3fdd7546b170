//! GPUs.

use omni_model::deployment::Condition;

use super::Watched;
use crate::grafana::dashboard::{Panel, unit};

/// The legend of a GPU: its host, its number and its model.
const GPU: &str = "{{host}} {{gpu}} {{modelName}}";

pub(super) fn panels(watched: &Watched<'_, '_>) -> Vec<Panel> {
    if !watched.hosts("dcgm").any(|(_, host)| !host.gpus.is_empty()) {
        return Vec::new();
    }
    let full = watched.thresholds(|condition| match condition {
        Condition::VramUsed(keys) => Some(keys.above),
        _ => None,
    });
    vec![
        Panel::lines("VRAM used", unit::SHARE).max(1.0).alert_above(full).query(
            "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE + DCGM_FI_DEV_FB_RESERVED)",
            GPU,
        ),
        Panel::lines("Utilization", unit::PERCENT).max(100.0).query("DCGM_FI_DEV_GPU_UTIL", GPU),
        Panel::lines("Temperature", unit::CELSIUS).query("DCGM_FI_DEV_GPU_TEMP", GPU),
        Panel::lines("Power", unit::WATT).query("DCGM_FI_DEV_POWER_USAGE", GPU),
        Panel::lines("Last driver error (XID)", unit::NUMBER)
            .alert_above([1.0])
            .query("DCGM_FI_DEV_XID_ERRORS", GPU),
        Panel::lines("PCIe replays", unit::PER_SECOND)
            .query("rate(DCGM_FI_DEV_PCIE_REPLAY_COUNTER[5m])", GPU),
    ]
}
