//! A GPU is hot.

use crate::{
    deployment::condition::GpuHot,
    monitoring::{
        dcgm,
        kind::Kind,
        query::Query,
        story::{Site, Story},
    },
};

const TEMPERATURE: &str = "DCGM_FI_DEV_GPU_TEMP";

impl Kind for GpuHot {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        dcgm::any(query.scenario).then(|| format!("{} > {}", query.metric(TEMPERATURE), self.above))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(dcgm::gauge(site, TEMPERATURE, [50, self.above.into(), u64::from(self.above) + 1]))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn it_is_hotter_than_said() {
        assert_eq!(expr(json!({"gpu_hot": {"above": 87}})), "DCGM_FI_DEV_GPU_TEMP > 87");
    }
}
