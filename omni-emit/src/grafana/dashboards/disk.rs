//! Disks.

use omni_model::deployment::Condition;

use super::Watched;
use crate::grafana::dashboard::{Panel, unit};

/// File systems on disks, without those in memory and those of containers.
const ON_DISK: &str = r#"{fstype!~"tmpfs|ramfs|overlay|squashfs|efivarfs"}"#;

pub(super) fn panels(watched: &Watched<'_, '_>) -> Vec<Panel> {
    if !watched.has("node") {
        return Vec::new();
    }
    let low = watched.thresholds(|condition| match condition {
        Condition::DiskLow(keys) => Some(keys.below),
        _ => None,
    });
    vec![
        Panel::lines("Used", unit::SHARE)
            .max(1.0)
            .alert_above(low.into_iter().map(|share| 1.0 - share))
            .query(
                format!("1 - node_filesystem_avail_bytes{ON_DISK} / node_filesystem_size_bytes{ON_DISK}"),
                "{{host}} {{mountpoint}}",
            ),
        Panel::lines("Free", unit::BYTES)
            .query(format!("node_filesystem_avail_bytes{ON_DISK}"), "{{host}} {{mountpoint}}"),
        Panel::lines("Inodes used", unit::SHARE).max(1.0).query(
            format!("1 - node_filesystem_files_free{ON_DISK} / node_filesystem_files{ON_DISK}"),
            "{{host}} {{mountpoint}}",
        ),
        Panel::lines("Reads and writes", unit::BYTES_PER_SECOND)
            .query("rate(node_disk_read_bytes_total[5m])", "{{host}} {{device}} reads")
            .query("rate(node_disk_written_bytes_total[5m])", "{{host}} {{device}} writes"),
        Panel::lines("Time busy", unit::SHARE)
            .max(1.0)
            .query("rate(node_disk_io_time_seconds_total[5m])", "{{host}} {{device}}"),
    ]
}
