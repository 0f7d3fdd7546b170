//! A GPU could not replace a faulty row of its memory.
//! <https://docs.nvidia.com/deploy/a100-gpu-mem-error-mgmt/index.html>

use crate::monitoring::{
    dcgm,
    kind::Kind,
    query::Query,
    story::{Site, Story},
};

const FAILED: &str = "DCGM_FI_DEV_ROW_REMAP_FAILURE";

pub(super) struct GpuRowRemapFailed;

impl Kind for GpuRowRemapFailed {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        dcgm::any(query.scenario).then(|| format!("{} > 0", query.metric(FAILED)))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(dcgm::gauge(site, FAILED, [0, 0, 1]))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn one_is_too_many() {
        assert_eq!(expr(json!("gpu_row_remap_failed")), "DCGM_FI_DEV_ROW_REMAP_FAILURE > 0");
    }
}
