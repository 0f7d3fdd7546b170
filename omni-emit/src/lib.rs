//! Emits the files of a checked deployment: one module per family of artifacts.
//!
//! An emitter is a function from a scenario to [steps](Step) with artifacts in memory. It uses no file system, no clock and no
//! environment: the same deployment gives the same bytes. Only the [`writer`] touches the disk.
//!
//! # Examples
//!
//! ```
//! use omni_emit::{emit, header::Header, writer};
//! use omni_model::{Context, Deployment, check};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::TempDir::new()?;
//! # let folder = folder.path();
//! let deployment: Deployment = serde_json::from_value(json!({
//!     "name": "home",
//!     "version": "1.0",
//!     "hosts": { "box": {
//!         "address": "192.168.1.10",
//!         "lan": { "interface": "eno1", "cidr": "192.168.1.0/24" },
//!         "ram": { "capacity": "64 GiB", "ceiling": "90%", "reserve": "8 GiB" },
//!     } },
//!     "zones": { "inference": { "title": "Inference" } },
//!     "stacks": { "inference": {} },
//!     "services": { "llama": {
//!         "zone": "inference",
//!         "stack": "inference",
//!         "image": { "reference": "home/llama:1.0", "source": "local" },
//!         "memory_limit": "8 GiB",
//!     } },
//! }))?;
//! let checked = check(deployment, &Context::default())?;
//!
//! let emitted = emit(&checked)?;
//! let compose = emitted.tree.get("compose/compose/inference-stack.yaml").ok_or("no Compose file")?;
//! assert!(compose.contents.contains("image: home/llama:1.0"));
//!
//! let emission = writer::Emission { header: Header::of(&checked), tree: &emitted.tree, only: &|_| true };
//! writer::write(&folder.join("out"), &emission, writer::Edits::Refuse, &|_| {})?;
//! assert!(writer::check(&folder.join("out"), &emission)?.is_empty());
//! # Ok(())
//! # }
//! ```

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
