//! What the monitoring watches: exporters and their metrics, targets, and the alerts in PromQL.

mod action;
mod alerts;
mod cases;
pub mod exporters;
pub mod gpus;
mod probes;
pub mod promql;
mod stories;
mod targets;
#[cfg(test)]
mod tests;

pub use action::stop;
pub(crate) use alerts::alerts;
pub use alerts::{AlertRule, containers_memory, pods_memory};
pub use cases::{AlertCases, Case, Labels, Moment, cases};
pub use probes::{Probe, probe_job, probes};
pub use targets::{Target, Targets};

pub use crate::scenario::Module;
pub(crate) use crate::scenario::{asked, probed};
