//! The kernel has killed a process to free memory.

use crate::{
    deployment::condition::OomKill,
    monitoring::{
        counters,
        kind::Kind,
        query::Query,
        story::{Site, Story},
    },
};

const KILLS: &str = "node_vmstat_oom_kill";

impl Kind for OomKill {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(counters::grows(query, KILLS, self.within, 0))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(counters::story(site, KILLS, Vec::new(), self.within, 0))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn one_is_too_many() {
        assert_eq!(expr(json!({"oom_kill": {"within": "10min"}})), "increase(node_vmstat_oom_kill[10m]) > 0");
    }
}
