//! Docker Compose: a file for each stack that runs something, and the step that starts them.
//!
//! The files of a host are one project with one network, so that a stack can be started alone or with the stacks that it includes.

mod failover;
mod readable;
mod service;
mod stack;
mod step;
#[cfg(test)]
mod tests;

use omni_model::Facts;

use crate::{provision::Provider, step::Step};

pub(crate) use failover::{Project, start, stop};
pub(crate) use readable::readable;
pub(crate) use step::STEP;

/// Starts what each host runs on Docker Compose.
pub(crate) fn steps(facts: &Facts<'_>, providers: &[Provider]) -> Vec<Step> {
    facts.deployment().hosts.keys().filter_map(|host| step::step(facts, providers, host)).collect()
}
