//! A GPU lowers its clocks because of heat or its power supply.

use crate::{
    monitoring::{
        dcgm,
        kind::Kind,
        query::Query,
        story::{Series, Site, Story},
    },
    scenario::Runtime,
};

/// How often clocks were lowered, by reason. It is not among dcgm-exporter's default counters.
const CLOCK_EVENTS: &str = "DCGM_EXP_CLOCK_EVENTS_COUNT";

/// The reasons that are faults, as dcgm-exporter calls them. A GPU's own power limit (`power_cap`) and idleness are none.
/// <https://github.com/NVIDIA/dcgm-exporter/blob/main/internal/pkg/collector/clock_events_collector.go>
const FAULTS: [&str; 4] = ["hw_slowdown", "hw_thermal", "hw_power_brake", "sw_thermal"];

pub(super) struct GpuThrottled;

impl Kind for GpuThrottled {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let scenario = query.scenario;
        dcgm::any(scenario).then_some(())?;
        // Only a container on Docker Compose is given a file that asks for the counter.
        let counts = query.targets.iter().any(|target| {
            scenario.runtime(target.service) == Runtime::Compose
                && target.exports(scenario, CLOCK_EVENTS).is_some()
        });
        counts.then(|| format!("{} > 0", query.among(CLOCK_EVENTS, "clock_event", &FAULTS)))
    }

    /// Clocks that are lowered, and those that only keep to the GPU's own power limit.
    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let [_, fault, ..] = FAULTS;
        Some(Story::now(move |level| {
            dcgm::series(site, CLOCK_EVENTS, level, |level, target, gpu, _| {
                let reason = level.of(["gpu_idle", "power_cap", fault]);
                let labels = gpu.into_iter().chain([("clock_event", reason.to_owned())]);
                Some(vec![Series::always(CLOCK_EVENTS, target, labels, 10)])
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn only_faults_count() {
        assert_eq!(
            expr(json!("gpu_throttled")),
            r#"DCGM_EXP_CLOCK_EVENTS_COUNT{clock_event=~"hw_slowdown|hw_thermal|hw_power_brake|sw_thermal"} > 0"#
        );
    }
}
