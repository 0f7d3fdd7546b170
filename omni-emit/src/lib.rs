//! What a checked deployment emits: one module per artifact family.
//!
//! An emitter is a function from a scenario to steps with artifacts in memory. It sees no file system, no clock and no
//! environment. The writer alone touches the disk.

pub mod artifact;
mod boot;
mod checks;
mod compose;
mod container;
mod emit;
pub mod filters;
mod firewall;
mod gpus;
mod grafana;
mod grub;
mod gvisor;
pub mod header;
mod k3s;
mod kubernetes;
pub mod md;
mod models;
mod operations;
mod prometheus;
pub mod reach;
mod runbook;
mod secrets;
pub mod sh;
pub mod step;
mod storage;
mod sysctl;
mod systemd;
#[cfg(test)]
mod testing;
mod upgrades;
pub mod writer;
pub mod yaml;

pub use emit::{Emitted, Origin, emit};
pub use step::{Check, Family, Script, Step};
