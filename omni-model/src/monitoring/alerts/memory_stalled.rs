//! Processes wait for memory: pressure stall information. <https://docs.kernel.org/accounting/psi.html>

use crate::{
    deployment::condition::MemoryStalled,
    monitoring::{
        kind::Kind,
        query::{Query, share},
        rates,
        story::{Site, Story},
    },
};

const WAITING: &str = "node_pressure_memory_waiting_seconds_total";

impl Kind for MemoryStalled {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(rates::above(&query.metric(WAITING), share(self.above)))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(rates::story(site, &[WAITING], |_| true, self.above.get().into(), 100))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn it_is_a_share_of_the_time() {
        assert_eq!(
            expr(json!({"memory_stalled": {"above": "10%"}})),
            "rate(node_pressure_memory_waiting_seconds_total[5m]) > 0.1"
        );
    }
}
