//! What the monitoring watches: exporters and their metrics, targets, and the alerts in PromQL.

mod action;
mod alerts;
pub mod exporters;
pub mod promql;
mod targets;
#[cfg(test)]
mod tests;

pub use action::stop;
pub use alerts::{AlertRule, alerts};
pub use targets::{Target, targets};
