//! Monitoring: exporters and their metrics, the targets of Prometheus, and the alerts in PromQL.

mod action;
mod alerts;
mod cases;
mod containers;
mod counters;
mod dcgm;
mod disks;
pub mod exporters;
pub mod gpus;
mod kind;
mod loading;
mod pods;
mod probes;
pub mod promql;
mod query;
mod rates;
mod rule;
mod story;
mod swap;
mod targets;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use action::stop;
pub(crate) use alerts::{alerts, cases};
pub use alerts::{containers_memory, pods_memory};
pub use cases::{AlertCases, Case, Labels, Moment};
pub use probes::{Probe, probe_job, probes};
pub use rule::AlertRule;
pub use targets::{Target, Targets};
