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

use omni_model::Facts;

use crate::{cluster, step::Step};

pub(crate) use accepted::{Accepted, accepted};
pub(crate) use step::STEP;

/// Sets up what pods need of the cluster, then runs them.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let zones = cluster::zones(facts);
    let host = facts.deployment().cluster.as_ref().map(|cluster| &cluster.host).filter(|_| !zones.is_empty());
    let pods = host.map(|host| step::step(facts, host, &zones));
    cluster::steps(facts).into_iter().chain(pods).collect()
}
