//! A host moves pages between memory and swap at a high rate.

use crate::{
    deployment::condition::SwapStorm,
    monitoring::{
        kind::Kind,
        query::Query,
        rates,
        story::{Site, Story},
        swap,
    },
};

const PAGES_IN: &str = "node_vmstat_pswpin";
const PAGES_OUT: &str = "node_vmstat_pswpout";

impl Kind for SwapStorm {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        swap::any(query.scenario).then_some(())?;
        let storm = |pages| rates::above(&query.metric(pages), self.pages_per_second);
        Some(format!("{} and {}", storm(PAGES_IN), storm(PAGES_OUT)))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(rates::story(site, &[PAGES_IN, PAGES_OUT], swap::has, self.pages_per_second.into(), 1))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn pages_go_both_ways() {
        assert_eq!(
            expr(json!({"swap_storm": {"pages_per_second": 1000}})),
            "rate(node_vmstat_pswpin[5m]) > 1000 and rate(node_vmstat_pswpout[5m]) > 1000"
        );
    }
}
