//! Conditions about the file systems that a deployment writes to.

use super::{
    query::{self, Query},
    story::{Level, Series, Site, Story, around},
    targets::Target,
};
use crate::{
    budget::{self, FileSystem},
    units::Percent,
};

/// A condition that holds for one of the file systems that the deployment writes to, by its labels.
pub(super) fn any(query: &Query<'_, '_>, condition: impl Fn(&[(&str, &str)]) -> String) -> Option<String> {
    let scenario = query.scenario;
    query::any(scenario.deployment().hosts.iter().flat_map(|(name, host)| {
        let mounts = budget::file_systems(scenario, name, host).into_iter().map(|disk| disk.mount);
        let conditions = mounts.map(|mount| condition(&[("host", name.as_str()), ("mountpoint", mount)]));
        conditions.collect::<Vec<_>>()
    }))
}

/// That less than a share of a file system is left.
pub(super) fn share_below(
    query: &Query<'_, '_>,
    [left, whole]: [&'static str; 2],
    below: Percent,
) -> Option<String> {
    any(query, |labels| {
        let (left, whole) = (query.series(left, labels), query.series(whole, labels));
        format!("{left} / {whole} < {}", query::share(below))
    })
}

/// The series for [`share_below`], from the planned amounts of what is left and of the whole.
pub(super) fn share_story<'t>(
    site: &'t Site<'_, '_>,
    [left, whole]: [&'static str; 2],
    below: Percent,
    all: impl Fn(&Disk<'_>) -> u64 + 't,
    planned: impl Fn(&Disk<'_>) -> u64 + 't,
) -> Story<'t> {
    Story::now(move |level| {
        series(site, left, level, |level, target, disk| {
            let (all, planned) = (all(disk), planned(disk));
            let (past, short) = around(all, below.get().into());
            // An alert that fires in the planned state, which a rule warns about, has no such level.
            let value = match level {
                Level::Planned => Some(planned).filter(|planned| *planned > short)?,
                Level::Short => short,
                Level::Past => past,
            };
            Some(vec![
                Series::always(left, target, disk.labels(), value),
                Series::always(whole, target, disk.labels(), all),
            ])
        })
    })
}

/// The series of each file system that the deployment writes to. The first is at the level, the others are in the planned state.
pub(super) fn series<'a>(
    site: &Site<'a, '_>,
    metric: &str,
    level: Level,
    series: impl Fn(Level, &Target<'a>, &Disk<'_>) -> Option<Vec<Series>>,
) -> Option<Vec<Series>> {
    let mut first = true;
    site.all_hosts(metric, level, |level, target, host| {
        let mut all = Vec::new();
        for disk in budget::file_systems(site.scenario, target.host, host) {
            let first = std::mem::take(&mut first);
            let level = if first { level } else { Level::Planned };
            match series(level, target, &Disk::of(disk)) {
                Some(series) => all.extend(series),
                None if first => return None,
                None => {}
            }
        }
        Some(all)
    })
}

/// A file system as its series show it.
pub(super) struct Disk<'d> {
    mount: &'d str,
    /// Its size in bytes.
    pub(super) size: u64,
    /// How many bytes are planned to be free.
    pub(super) free: u64,
}

/// The size of a file system whose size the deployment does not say: only shares of it count.
const ANY_SIZE: u64 = 64 << 30;

impl<'d> Disk<'d> {
    fn of(FileSystem { mount, ledger }: FileSystem<'d>) -> Self {
        match ledger {
            Some(ledger) => {
                let free = ledger.usable.saturating_sub(ledger.total());
                Self { mount, size: ledger.usable.get(), free: free.get() }
            }
            None => Self { mount, size: ANY_SIZE, free: ANY_SIZE },
        }
    }

    pub(super) fn labels(&self) -> [(&'static str, String); 1] {
        [("mountpoint", self.mount.to_owned())]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{deployment, document, expression};
    use serde_json::json;

    #[test]
    fn each_host_with_a_disk_has_its_turn() {
        let mut document = document();
        let mut other = document["hosts"]["box"].clone();
        other["address"] = json!("192.168.3.11");
        other["storage"]["mount"] = json!("/data");
        document["hosts"]["other"] = other;
        document["options"] = json!({});
        for (name, service) in document["services"].as_object_mut().unwrap() {
            service["options"] = json!([]);
            service["host"] = json!(if name == "dcgm-exporter" { "other" } else { "box" });
        }
        let deployment = deployment(document);
        let expr = expression(&deployment, "compose", "DiskFullSoon").unwrap();
        assert_eq!(expr.matches(" or ").count(), 3, "{expr}");
        assert!(expr.contains(r#"{host="other",mountpoint="/data"}"#), "{expr}");
        // Nobody exports the other's.
        assert!(!expression(&deployment, "compose", "MetricMissing").unwrap().contains("/data"));
    }
}
