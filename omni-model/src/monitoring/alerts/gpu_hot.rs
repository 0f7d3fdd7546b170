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
