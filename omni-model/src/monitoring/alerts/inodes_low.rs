//! A file system that the deployment writes to has few inodes left. btrfs makes inodes as it needs them and counts none: 0 / 0 is
//! not a number, and is below nothing.

use crate::{
    deployment::condition::InodesLow,
    monitoring::{
        disks,
        kind::Kind,
        query::Query,
        story::{Site, Story},
    },
};

/// The free inodes, and all of them.
const INODES: [&str; 2] = ["node_filesystem_files_free", "node_filesystem_files"];

/// How many bytes there are for each inode: what `mkfs.ext4` makes by default.
const BYTES_PER_INODE: u64 = 16_384;

impl Kind for InodesLow {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        disks::share_below(query, INODES, self.below)
    }

    /// Nobody plans inodes: all are free.
    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let all = |disk: &disks::Disk<'_>| disk.size / BYTES_PER_INODE;
        Some(disks::share_story(site, INODES, self.below, all, all))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn each_file_system_has_its_share() {
        let of = |mount| {
            let labels = format!(r#"{{host="box",mountpoint="{mount}"}}"#);
            format!("node_filesystem_files_free{labels} / node_filesystem_files{labels} < 0.05")
        };
        assert_eq!(expr(json!({"inodes_low": {"below": "5%"}})), format!("{} or {}", of("/nvme"), of("/")));
    }
}
