//! The memory of a GPU is almost used up.

use crate::{
    deployment::condition::VramUsed,
    monitoring::{
        dcgm,
        kind::Kind,
        query::{Query, share},
        story::{Level, Series, Site, Story, around, used},
    },
};

const USED: &str = "DCGM_FI_DEV_FB_USED";
const FREE: &str = "DCGM_FI_DEV_FB_FREE";
const RESERVED: &str = "DCGM_FI_DEV_FB_RESERVED";

impl Kind for VramUsed {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        dcgm::any(query.scenario).then_some(())?;
        let [used, free, reserved] = [USED, FREE, RESERVED].map(|metric| query.metric(metric));
        Some(format!("{used} / ({used} + {free} + {reserved}) > {}", share(self.above)))
    }

    /// The metrics are in MiB.
    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(Story::now(move |level| {
            dcgm::series(site, USED, level, |level, target, gpu, ledger| {
                let capacity = ledger.usable.mebibytes();
                let (short, past) = around(capacity, self.above.get().into());
                let used = match level {
                    Level::Planned => used(level, ledger, ledger.usable.get(), self.above)? >> 20,
                    Level::Short => short,
                    Level::Past => past,
                };
                Some(vec![
                    Series::always(USED, target, gpu.clone(), used),
                    Series::always(FREE, target, gpu.clone(), capacity.saturating_sub(used)),
                    Series::always(RESERVED, target, gpu, 0),
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
    fn it_is_a_share_of_all() {
        assert_eq!(
            expr(json!({"vram_used": {"above": "97%"}})),
            "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE + DCGM_FI_DEV_FB_RESERVED) > 0.97"
        );
    }
}
