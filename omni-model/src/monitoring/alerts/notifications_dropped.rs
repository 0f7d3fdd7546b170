//! Prometheus could not send an alert to Alertmanager.

use crate::monitoring::{
    counters,
    kind::Kind,
    query::{Query, RECENT},
    story::{Site, Story},
};

const DROPPED: &str = "prometheus_notifications_dropped_total";

pub(super) struct NotificationsDropped;

impl Kind for NotificationsDropped {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(counters::grows(query, DROPPED, RECENT, 0))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(counters::story(site, DROPPED, Vec::new(), RECENT, 0))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn one_is_too_many() {
        assert_eq!(
            expr(json!("notifications_dropped")),
            "increase(prometheus_notifications_dropped_total[5m]) > 0"
        );
    }
}
