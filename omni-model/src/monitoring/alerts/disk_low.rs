//! A file system that the deployment writes to is almost full.

use crate::{
    deployment::condition::DiskLow,
    monitoring::{
        disks,
        kind::Kind,
        query::Query,
        story::{Site, Story},
    },
};

/// Free bytes for users other than root, and the size.
const BYTES: [&str; 2] = ["node_filesystem_avail_bytes", "node_filesystem_size_bytes"];

impl Kind for DiskLow {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        disks::share_below(query, BYTES, self.below)
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(disks::share_story(site, BYTES, self.below, |disk| disk.size, |disk| disk.free))
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
            format!("node_filesystem_avail_bytes{labels} / node_filesystem_size_bytes{labels} < 0.1")
        };
        assert_eq!(expr(json!({"disk_low": {"below": "10%"}})), format!("{} or {}", of("/nvme"), of("/")));
    }
}
