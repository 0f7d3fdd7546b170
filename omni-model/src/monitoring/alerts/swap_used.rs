//! The swap of a host is almost used up.

use crate::{
    deployment::condition::SwapUsed,
    monitoring::{
        kind::Kind,
        query::{Query, rest},
        story::{Series, Site, Story, around},
        swap,
    },
};

const FREE: &str = "node_memory_SwapFree_bytes";
const TOTAL: &str = "node_memory_SwapTotal_bytes";

impl Kind for SwapUsed {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        swap::any(query.scenario).then_some(())?;
        let (free, total) = (query.metric(FREE), query.metric(TOTAL));
        Some(format!("{free} < {total} * {}", rest(self.above)))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(Story::now(move |level| {
            site.hosts(FREE, level, swap::has, |level, target, host| {
                let size = host.swap.as_ref()?.size.get();
                let (short, past) = around(size, self.above.get().into());
                let free = size.saturating_sub(level.of([0, short, past]));
                Some(vec![Series::always(FREE, target, [], free), Series::always(TOTAL, target, [], size)])
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
            expr(json!({"swap_used": {"above": "50%"}})),
            "node_memory_SwapFree_bytes < node_memory_SwapTotal_bytes * 0.5"
        );
    }
}
