//! What runs on Kubernetes: the cluster's own parts, then the pods of each zone.

mod accepted;
mod current;
mod metrics;
mod pod;
mod probe;
mod proofs;
mod step;
#[cfg(test)]
mod tests;
mod workload;

use omni_model::Scenario;

use crate::{cluster, step::Step};

pub(crate) use accepted::{Accepted, accepted};
pub(crate) use step::STEP;

/// Sets up what pods need of the cluster, then runs them.
pub(crate) fn steps(scenario: &Scenario<'_>) -> Vec<Step> {
    let zones = cluster::zones(scenario);
    let host =
        scenario.deployment().cluster.as_ref().map(|cluster| &cluster.host).filter(|_| !zones.is_empty());
    let pods = host.map(|host| step::step(scenario, host, &zones));
    cluster::steps(scenario).into_iter().chain(pods).collect()
}
