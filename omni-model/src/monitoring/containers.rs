//! Containers as cAdvisor sees them.

use super::{
    exporters::{COMPOSE_PROJECT, COMPOSE_SERVICE},
    query::Query,
    story::Site,
    targets::{Target, Targets},
};
use crate::{Scenario, deployment::Service, names::ServiceName, scenario::Runtime};

/// When a container was started.
pub(super) const STARTED: &str = "container_start_time_seconds";

/// The cAdvisor that watches a service's host.
pub(super) fn watcher<'t, 'a>(
    scenario: &Scenario<'a>,
    targets: &'t Targets<'a>,
    service: &Service,
) -> Option<&'t Target<'a>> {
    let (host, _) = scenario.host(service)?;
    targets.iter().find(|target| target.host == host && target.exports(scenario, STARTED).is_some())
}

/// Whether a cAdvisor watches the host of any service that a runtime runs.
pub(super) fn any(query: &Query<'_, '_>, runtime: Runtime) -> bool {
    let Query { scenario, targets, .. } = query;
    scenario.run_by(runtime).any(|(_, service)| watcher(scenario, targets, service).is_some())
}

/// What selects the containers of this deployment's Compose project.
pub(super) fn ours<'s>(scenario: &'s Scenario<'_>) -> [(&'static str, &'s str); 1] {
    [(COMPOSE_PROJECT, scenario.deployment().name.as_str())]
}

/// The labels of a service's container.
pub(super) fn labels(scenario: &Scenario<'_>, service: &ServiceName) -> [(&'static str, String); 3] {
    let project = scenario.deployment().name.to_string();
    [("name", service.to_string()), (COMPOSE_PROJECT, project), (COMPOSE_SERVICE, service.to_string())]
}

/// The active services that a runtime runs and whose host a cAdvisor watches.
pub(super) fn services<'a, 's>(
    site: &Site<'a, 's>,
    runtime: Runtime,
) -> impl Iterator<Item = (&'a ServiceName, &'a Service, &'s Target<'a>)> + use<'a, 's> {
    let (scenario, targets) = (site.scenario, site.targets);
    let here = scenario.active().filter(move |(_, service)| scenario.runtime(service) == runtime);
    here.filter_map(move |(name, service)| Some((name, service, watcher(scenario, targets, service)?)))
}
