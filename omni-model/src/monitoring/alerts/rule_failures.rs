//! Prometheus could not evaluate a rule.

use crate::monitoring::{
    counters,
    kind::Kind,
    query::{Query, RECENT},
    story::{Site, Story},
};

const FAILURES: &str = "prometheus_rule_evaluation_failures_total";

pub(super) struct RuleFailures;

impl Kind for RuleFailures {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(counters::grows(query, FAILURES, RECENT, 0))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let group = site.scenario.deployment().monitoring.as_ref()?.group.to_string();
        Some(counters::story(site, FAILURES, vec![("rule_group", group)], RECENT, 0))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn one_is_too_many() {
        assert_eq!(
            expr(json!("rule_failures")),
            "increase(prometheus_rule_evaluation_failures_total[5m]) > 0"
        );
    }
}
