//! How many GPUs each service sees: a timer on the host counts them, and node_exporter shows the file that it writes.

use super::targets::{Target, Targets};
use crate::{
    Scenario,
    deployment::Service,
    names::{HostName, ServiceName},
    scenario::Runtime,
    units::Duration,
};

/// Number of GPUs that a service sees.
pub const SEEN: &str = "omni_service_gpus";

/// Time when a file that node_exporter shows was written.
pub(super) const WRITTEN: &str = "node_textfile_mtime_seconds";

/// Folder in which node_exporter finds the file.
pub const FOLDER: &str = "/omni-metrics";

/// Name of the file.
pub const FILE: &str = "gpus.prom";

/// How long a count is valid. The file is written every minute.
pub(super) const HOLDS: Duration = Duration::from_secs(600);

/// A service that takes memory of GPUs, and the number of these GPUs.
pub type GpuService<'a> = (&'a ServiceName, &'a Service, usize);

/// The services of a host that take memory of its GPUs.
pub fn gpu_services<'a>(scenario: &Scenario<'a>, host: &HostName) -> Vec<GpuService<'a>> {
    let here =
        scenario.active().filter(|(_, service)| scenario.host(service).is_some_and(|(it, _)| it == host));
    let counted = here.map(|(name, service)| {
        (name, service, service.vram.values().filter(|amount| !amount.is_zero()).count())
    });
    counted.filter(|(.., count)| *count > 0).collect()
}

/// The node_exporter that shows the counts of a host. It must run on Docker Compose, where it can be given a file. `None` if no service
/// on the host takes memory of a GPU.
pub fn gpu_watch<'t, 'a>(
    scenario: &Scenario<'a>,
    targets: &'t Targets<'a>,
    host: &HostName,
) -> Option<&'t Target<'a>> {
    let shows = |target: &&Target<'_>| {
        target.host == host
            && target.metrics.exporter == "node"
            && scenario.runtime(target.service) == Runtime::Compose
    };
    targets.iter().find(shows).filter(|_| !gpu_services(scenario, host).is_empty())
}
