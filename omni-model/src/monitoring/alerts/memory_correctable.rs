//! The host's memory corrects more errors than are fine (EDAC).
//! <https://docs.kernel.org/admin-guide/RAS/main.html>

use crate::{
    deployment::condition::MemoryCorrectable,
    monitoring::{
        counters,
        kind::Kind,
        query::Query,
        story::{Site, Story},
    },
    units::Duration,
};

const ERRORS: &str = "node_edac_correctable_errors_total";

impl Kind for MemoryCorrectable {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(counters::grows(query, ERRORS, self.within, self.more_than.into()))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let controller = vec![("controller", "0".to_owned())];
        Some(counters::story(site, ERRORS, controller, self.within, self.more_than.into()))
    }

    fn sampled_every(&self) -> Duration {
        counters::sampled_every(self.within)
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn some_are_fine() {
        assert_eq!(
            expr(json!({"memory_correctable": {"more_than": 10, "within": "1d"}})),
            "increase(node_edac_correctable_errors_total[1d]) > 10"
        );
    }
}
