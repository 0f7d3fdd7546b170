//! What runs on Kubernetes: namespaces, runtime classes, the device plugin, and the pods of each zone.

mod accepted;
mod cluster;
mod current;
mod device_plugin;
mod labels;
mod leftovers;
mod metrics;
mod pod;
mod probe;
mod proofs;
mod quantity;
mod step;
#[cfg(test)]
mod tests;
mod workload;

use omni_model::Facts;

use crate::step::Step;

pub(crate) use accepted::{Accepted, accepted};
pub(crate) use labels::{NAME, common};
pub(crate) use leftovers::delete;
pub(crate) use quantity::quantity;

/// Sets up what pods need of the cluster, then runs them.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let zones = workload::zones(facts);
    let cluster = facts.deployment().cluster.as_ref().filter(|_| !zones.is_empty());
    let Some(cluster) = cluster else { return Vec::new() };
    let mut steps = vec![cluster::step(facts, &cluster.host, &zones)];
    steps.extend(device_plugin::step(facts, cluster));
    steps.push(step::step(facts, &cluster.host, &zones));
    steps
}
