//! What the cluster needs before the pods: namespaces, runtime classes, network policies, the device plugin, and the labels of the
//! deployment's objects.

mod device_plugin;
pub(crate) mod labels;
mod leftovers;
mod namespaces;
mod network_policies;
mod zones;

use askama::Template;
use omni_model::Facts;

use crate::step::Step;

pub(crate) use device_plugin::{STEP as DEVICE_PLUGIN, pod as plugin_pod};
pub(crate) use leftovers::{LeftBehind, delete};
pub(crate) use namespaces::{STEP as NAMESPACES, keeps_a_model, priority_class};
pub(crate) use network_policies::STEP as NETWORK_POLICIES;
pub(crate) use zones::{ZoneOfPods, zones};

#[derive(Template)]
#[template(path = "cluster/apply-files.sh")]
pub(crate) struct ApplyFiles<'a> {
    pub(crate) files: &'a [String],
}

/// Sets up the cluster, if it has something to run.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let zones = zones(facts);
    let cluster = facts.deployment().cluster.as_ref().filter(|_| !zones.is_empty());
    let namespaces = cluster.map(|cluster| namespaces::step(facts, &cluster.host, &zones));
    let device_plugin = cluster.and_then(|cluster| device_plugin::step(facts, cluster));
    // The policies come first, so that the firewall, which follows them, comes before the plugin.
    namespaces.into_iter().chain(network_policies::step(facts)).chain(device_plugin).collect()
}
