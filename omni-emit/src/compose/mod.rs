//! Docker Compose: one file for each stack that has something to run, and the step that starts them.
//!
//! The files of a host are one project with one network, so that a stack starts alone as well as with what it includes.

mod failover;
mod provision;
mod readable;
mod service;
mod stack;
mod step;
#[cfg(test)]
mod tests;

use omni_model::{
    Facts,
    deployment::Service,
    names::{HostName, ServiceName},
    scenario::Runtime,
};

use crate::step::Step;

pub(crate) use failover::{Project, start, stop};
pub(crate) use provision::{Mount, Provision};
pub(crate) use readable::readable;

/// What `docker ps --filter` takes to find the container of this name, and no other: it reads a regular expression.
pub(crate) fn name_filter(container: &str) -> String {
    format!("name=^{}$", container.replace('.', r"\."))
}

/// Starts what each host runs on Docker Compose.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    facts.deployment().hosts.keys().filter_map(|host| step::step(facts, host)).collect()
}

/// What a host runs on Docker Compose, standbys among it.
pub(crate) fn services<'a>(facts: &Facts<'a>, host: &HostName) -> Vec<(&'a ServiceName, &'a Service)> {
    let here = facts.on(host).iter();
    here.filter(|(_, service)| facts.runtime(service) == Runtime::Compose).copied().collect()
}
