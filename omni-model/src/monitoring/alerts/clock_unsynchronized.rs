//! The clock of a host is not synchronized, and its error is large.
//! <https://github.com/prometheus/node_exporter/blob/master/docs/node-mixin/alerts/alerts.libsonnet>

use crate::monitoring::{
    kind::Kind,
    query::Query,
    story::{Level, Series, Site, Story},
};

const SYNCHRONIZED: &str = "node_timex_sync_status";
const ERROR: &str = "node_timex_maxerror_seconds";

/// The error from which on the kernel calls a clock unsynchronized, in seconds.
const LARGE: u64 = 16;

pub(super) struct ClockUnsynchronized;

impl Kind for ClockUnsynchronized {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let (synchronized, error) = (query.metric(SYNCHRONIZED), query.metric(ERROR));
        Some(format!("{synchronized} == 0 and {error} >= {LARGE}"))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(Story::now(|level| {
            site.all_hosts(SYNCHRONIZED, level, |level, target, _| {
                let synchronized = u64::from(level == Level::Planned);
                Some(vec![
                    Series::always(SYNCHRONIZED, target, [], synchronized),
                    Series::always(ERROR, target, [], level.of([0, LARGE - 1, LARGE])),
                ])
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn the_error_is_large() {
        assert_eq!(
            expr(json!("clock_unsynchronized")),
            "node_timex_sync_status == 0 and node_timex_maxerror_seconds >= 16"
        );
    }
}
