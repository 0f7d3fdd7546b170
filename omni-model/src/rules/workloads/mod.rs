//! **W**: how services run.

mod cluster;
mod gpus;
mod host;

pub(super) use cluster::RULE as CLUSTER;
pub(super) use gpus::RULE as GPUS;
pub(super) use host::RULE as HOST;
