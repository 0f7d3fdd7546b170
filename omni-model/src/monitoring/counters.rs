//! Conditions about counters of what should seldom or never happen.

use super::{
    query::Query,
    story::{Labels, Level, Series, Site, Story, Values},
};
use crate::units::Duration;

/// That a counter has grown by more than so much within a time.
pub(super) fn grows(query: &Query<'_, '_>, metric: &str, within: Duration, more_than: u64) -> String {
    format!("increase({}[{}]) > {more_than}", query.metric(metric), within.prometheus())
}

/// A counter that grows twice within the time, each time by one more than is fine, and by a third of it just short of that.
pub(super) fn story<'t>(
    site: &'t Site<'_, '_>,
    metric: &'static str,
    labels: Labels,
    within: Duration,
    more_than: u64,
) -> Story<'t> {
    let every = (site.scrapes(within) / 2).max(1);
    let few = more_than / 3;
    Story {
        settles: every,
        looks_back: within,
        ..Story::now(move |level| {
            (level != Level::Short || few > 0).then_some(())?;
            site.all_hosts(metric, level, |level, target, _| {
                let step = level.of([0, few, more_than + 1]);
                let counted = Values::each(move |scrape| Some(scrape / every * step));
                Some(vec![Series::of(metric, target, labels.clone(), counted)])
            })
        })
    }
}

/// The time between two values of a counter that is looked at over days. Prometheus takes a sample of the last five minutes for the
/// present, so it is at most four.
pub(super) fn sampled_every(within: Duration) -> Duration {
    Duration::from_secs((within.secs() / 240).min(240))
}
