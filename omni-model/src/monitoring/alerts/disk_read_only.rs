//! A file system that the deployment writes to is read-only.

use crate::monitoring::{
    disks,
    kind::Kind,
    query::Query,
    story::{Level, Series, Site, Story},
};

const READ_ONLY: &str = "node_filesystem_readonly";

pub(super) struct DiskReadOnly;

impl Kind for DiskReadOnly {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        disks::any(query, |labels| format!("{} == 1", query.series(READ_ONLY, labels)))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(Story::now(|level| {
            (level != Level::Short).then_some(())?;
            disks::series(site, READ_ONLY, level, |level, target, disk| {
                let read_only = u64::from(level == Level::Past);
                Some(vec![Series::always(READ_ONLY, target, disk.labels(), read_only)])
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn each_file_system_is_looked_at() {
        let of = |mount| {
            let labels = format!(r#"{{host="box",mountpoint="{mount}"}}"#);
            format!("node_filesystem_readonly{labels} == 1")
        };
        assert_eq!(expr(json!("disk_read_only")), format!("{} or {}", of("/nvme"), of("/")));
    }
}
