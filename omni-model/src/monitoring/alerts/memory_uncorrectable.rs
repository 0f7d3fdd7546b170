//! The host's memory had an error that could not be corrected (EDAC).
//! <https://docs.kernel.org/admin-guide/RAS/main.html>

use crate::{
    deployment::condition::MemoryUncorrectable,
    monitoring::{
        counters,
        kind::Kind,
        query::Query,
        story::{Site, Story},
    },
    units::Duration,
};

const ERRORS: &str = "node_edac_uncorrectable_errors_total";

impl Kind for MemoryUncorrectable {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(counters::grows(query, ERRORS, self.within, 0))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let controller = vec![("controller", "0".to_owned())];
        Some(counters::story(site, ERRORS, controller, self.within, 0))
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
    fn one_is_too_many() {
        assert_eq!(
            expr(json!({"memory_uncorrectable": {"within": "1h"}})),
            "increase(node_edac_uncorrectable_errors_total[1h]) > 0"
        );
    }
}
