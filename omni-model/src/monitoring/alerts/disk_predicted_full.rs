//! A file system that the deployment writes to will be full soon if the trend goes on.

use crate::{
    deployment::condition::DiskPredictedFull,
    monitoring::{
        disks,
        kind::Kind,
        query::Query,
        story::{Also, Level, Series, Site, Story, Values},
    },
    units::Duration,
};

const AVAILABLE: &str = "node_filesystem_avail_bytes";

impl DiskPredictedFull {
    /// How far the trend goes back: a quarter of the time, as in node_exporter's own alerts.
    fn seen(&self) -> Duration {
        Duration::from_secs((self.within.secs() / 4).max(1))
    }
}

impl Kind for DiskPredictedFull {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        disks::any(query, |labels| {
            let available = query.series(AVAILABLE, labels);
            let seen = self.seen().prometheus();
            let full = format!("predict_linear({available}[{seen}], {}) < 0", self.within.secs());
            // Where less has been seen, a download would look like a trend of days.
            format!("{full} and {available} offset {seen}")
        })
    }

    /// A disk that fills from scrape to scrape. Two samples are a line.
    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let seen = self.seen();
        let settles = site.scrapes(seen);
        let series = move |level, fires| {
            disks::series(site, AVAILABLE, level, |level, target, disk| {
                let free = disk.free.max(1);
                let ahead = site.scrapes(self.within).max(1);
                let written = free.div_ceil(ahead);
                let left = |scrapes| Values::Slope(written * scrapes, format!("-{written}"));
                let values = match level {
                    Level::Planned => Values::always(free),
                    Level::Short => left(ahead + fires + 2),
                    Level::Past => left(ahead),
                };
                Some(vec![Series::of(AVAILABLE, target, disk.labels(), values)])
            })
        };
        let early = settles.saturating_sub(1);
        let also = series(Level::Past, early).map(|series| {
            Also::silent(format!("silent while the samples span less than {seen}"), early, series)
        });
        Some(Story { settles, looks_back: seen, series: Box::new(series), also: also.into_iter().collect() })
    }

    /// A trend is made of ten samples. Prometheus takes a sample of the last five minutes for the present, so they are at most four
    /// minutes apart.
    fn sampled_every(&self) -> Duration {
        Duration::from_secs((self.seen().secs() / 10).min(240))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn the_trend_is_seen_for_a_quarter_of_the_time() {
        let of = |mount| {
            let labels = format!(r#"{{host="box",mountpoint="{mount}"}}"#);
            format!(
                "predict_linear(node_filesystem_avail_bytes{labels}[1d], 345600) < 0 and node_filesystem_avail_bytes{labels} offset 1d"
            )
        };
        assert_eq!(
            expr(json!({"disk_predicted_full": {"within": "4d"}})),
            format!("{} or {}", of("/nvme"), of("/"))
        );
    }
}
