//! Alertmanager could not notify a receiver.

use crate::monitoring::{
    counters,
    kind::Kind,
    query::{Query, RECENT},
    story::{Site, Story},
};

const FAILED: &str = "alertmanager_notifications_failed_total";

pub(super) struct NotificationsFailed;

impl Kind for NotificationsFailed {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(counters::grows(query, FAILED, RECENT, 0))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let labels = vec![("integration", "webhook".to_owned()), ("reason", "other".to_owned())];
        Some(counters::story(site, FAILED, labels, RECENT, 0))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn one_is_too_many() {
        assert_eq!(
            expr(json!("notifications_failed")),
            "increase(alertmanager_notifications_failed_total[5m]) > 0"
        );
    }
}
