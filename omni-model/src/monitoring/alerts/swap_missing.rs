//! The swap of a host is not active.

use crate::monitoring::{
    kind::Kind,
    query::{self, Query, decimal},
    story::{Series, Site, Story, around},
    swap,
};

const TOTAL: &str = "node_memory_SwapTotal_bytes";

/// Share of a swap file that must be active, in percent: its header takes the first page.
const LEAST: u8 = 99;

pub(super) struct SwapMissing;

impl Kind for SwapMissing {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let hosts = query.scenario.deployment().hosts.iter();
        query::any(hosts.filter_map(|(name, host)| {
            let size = host.swap.as_ref()?.size.get();
            let total = query.series(TOTAL, &[("host", name.as_str())]);
            Some(format!("{total} < {size} * {}", decimal(LEAST)))
        }))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(Story::now(|level| {
            site.hosts(TOTAL, level, swap::has, |level, target, host| {
                let size = host.swap.as_ref()?.size.get();
                let (past, short) = around(size, LEAST.into());
                Some(vec![Series::always(TOTAL, target, [], level.of([size, short, past]))])
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn the_size_is_the_planned_one() {
        assert_eq!(
            expr(json!("swap_missing")),
            r#"node_memory_SwapTotal_bytes{host="box"} < 68719476736 * 0.99"#
        );
    }
}
