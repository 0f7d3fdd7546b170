//! The memory of a host is almost used up.

use crate::{
    budget,
    deployment::condition::MemoryUsed,
    monitoring::{
        kind::Kind,
        query::{Query, share},
        story::{Series, Site, Story, used},
    },
};

const TOTAL: &str = "node_memory_MemTotal_bytes";
const AVAILABLE: &str = "node_memory_MemAvailable_bytes";

impl Kind for MemoryUsed {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let (total, available) = (query.metric(TOTAL), query.metric(AVAILABLE));
        Some(format!("({total} - {available}) / {total} > {}", share(self.above)))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(Story::now(move |level| {
            site.all_hosts(TOTAL, level, |level, target, host| {
                let capacity = host.ram.usable.unwrap_or(host.ram.capacity).get();
                let ledger = budget::ram(site.scenario, target.host, host, &site.active(target.host));
                let available = capacity.saturating_sub(used(level, &ledger, capacity, self.above)?);
                Some(vec![
                    Series::always(TOTAL, target, [], capacity),
                    Series::always(AVAILABLE, target, [], available),
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
    fn it_is_a_share_of_the_total() {
        assert_eq!(
            expr(json!({"memory_used": {"above": "95%"}})),
            "(node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes) / node_memory_MemTotal_bytes > 0.95"
        );
    }
}
