//! A service sees fewer GPUs than it takes memory of (`omni_service_gpus`), or the timer has not counted them for a while
//! (`node_textfile_mtime_seconds`).

use crate::monitoring::{
    gpus::{FILE, FOLDER, HOLDS, SEEN, WRITTEN, gpu_services, gpu_watch},
    kind::Kind,
    query::{self, Query},
    story::{Also, Level, Series, Site, Story, Values},
    targets::Target,
};

pub(super) struct GpuLost;

impl Kind for GpuLost {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let scenario = query.scenario;
        let mut all = Vec::new();
        for host in scenario.deployment().hosts.keys() {
            if gpu_watch(scenario, query.targets, host).is_none() {
                continue;
            }
            for (service, _, count) in gpu_services(scenario, host) {
                let seen = query.series(SEEN, &[("host", host.as_str()), ("service", service.as_str())]);
                all.push(format!("{seen} < {count}"));
            }
            let file = format!("{FOLDER}/{FILE}");
            let written = query.series(WRITTEN, &[("host", host.as_str()), ("file", &file)]);
            all.push(format!("time() - {written} > {}", HOLDS.secs()));
        }
        query::any(all)
    }

    /// The first service sees no GPU, the others see all of theirs; or the timer has not counted them.
    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let hosts = site.scenario.deployment().hosts.keys();
        let hosts: Vec<_> =
            hosts.filter_map(|host| Some((host, gpu_watch(site.scenario, site.targets, host)?))).collect();
        let interval = site.interval;
        let written = move |target: &Target<'_>, looks: bool| {
            let file = [("file", format!("{FOLDER}/{FILE}"))];
            let time = Values::each(move |scrape| Some(if looks { scrape * interval } else { 0 }));
            Series::of(WRITTEN, target, file, time)
        };
        let seen = {
            let hosts = hosts.clone();
            move |level| {
                let mut all = Vec::new();
                for (host, target) in &hosts {
                    for (service, _, count) in gpu_services(site.scenario, host) {
                        let lost = level == Level::Past && all.is_empty();
                        let count = if lost { 0 } else { u64::try_from(count).unwrap_or(u64::MAX) };
                        all.push(Series::always(SEEN, target, [("service", service.to_string())], count));
                    }
                }
                all
            }
        };
        let (_, first) = *hosts.first()?;
        let stale = site.scrapes(HOLDS) + 1;
        let nobody_looks = Also {
            name: format!("fires when the GPUs have not been counted for {HOLDS}"),
            series: std::iter::once(written(first, false)).chain(seen(Level::Planned)).collect(),
            moments: vec![(stale - 1, false), (site.settled(stale), true)],
        };
        Some(Story {
            also: vec![nobody_looks],
            ..Story::now(move |level| {
                (level != Level::Short).then_some(())?;
                let looked = hosts.iter().map(|(_, target)| written(target, true));
                Some(seen(level).into_iter().chain(looked).collect())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::{deployment, expression, with_each_kind};

    #[test]
    fn each_service_sees_its_gpus_and_somebody_looks() {
        let deployment = deployment(with_each_kind());
        let lost = concat!(
            r#"omni_service_gpus{host="box",service="deepseek"} < 1 or "#,
            r#"time() - node_textfile_mtime_seconds{host="box",file="/omni-metrics/gpus.prom"} > 600"#,
        );
        assert_eq!(expression(&deployment, "compose", "GpuLost").as_deref(), Some(lost));
    }
}
