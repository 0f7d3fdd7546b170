//! Emits the files of a checked deployment: one module per family of artifacts.
//!
//! [`emit`] calls each family in [`FAMILIES`]. A family is a function from the facts of an option to steps with artifacts in memory. It
//! uses no file system, no clock and no environment: the same deployment gives the same bytes. Only the [`writer`] touches the disk.
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
mod cluster;
mod compose;
mod container;
mod data;
mod emit;
mod family;
mod filters;
mod firewall;
mod gpus;
mod grafana;
mod grub;
mod gvisor;
pub mod header;
mod k3s;
mod kubernetes;
mod md;
mod models;
mod operations;
mod prometheus;
mod provision;
mod quantity;
pub mod reach;
mod runbook;
mod scaling;
mod script;
mod secrets;
mod sh;
mod stand_ins;
mod state;
mod step;
mod storage;
mod sysctl;
mod systemd;
#[cfg(test)]
mod testing;
mod text;
mod upgrades;
pub mod writer;
mod yaml;

use artifact::TreeError;
use family::Makes::{Common, PerOption, Rendering};
use omni_model::Checked;
use provision::Provider;

pub use emit::{Emitted, Origin};
pub use family::Family;
pub use yaml::Document as YamlDocument;

/// The families. Steps come in this order, except that each comes after the steps that it follows.
pub const FAMILIES: &[Family] = &[
    Family::new("grub", Common(grub::steps)),
    Family::new("sysctl", Common(sysctl::steps)),
    Family::new("storage", Common(storage::steps)),
    Family::new("models", Common(models::steps)),
    Family::new("gvisor", Common(gvisor::steps)),
    Family::new("upgrades", Common(upgrades::steps)),
    Family::new("k3s", PerOption(k3s::steps)),
    Family::new("gpus", PerOption(gpus::steps)),
    // Before the firewall, so that the steps do not stop for missing secrets after new rules and before the containers.
    Family::new("secrets", PerOption(secrets::steps)),
    Family::new("boot", PerOption(boot::steps)),
    Family::new("firewall", PerOption(firewall::steps)),
    Family::new("kubernetes", PerOption(kubernetes::steps)),
    Family::new("compose", PerOption(|facts| compose::steps(facts, PROVIDERS))),
    Family::new("prometheus", PerOption(prometheus::steps)),
    Family::new("grafana", PerOption(grafana::steps)),
    Family::new("operations", Rendering(|_, facts, steps| operations::artifacts(facts, steps, PROVIDERS))),
    Family::new("runbook", Rendering(|checked, facts, steps| vec![runbook::artifact(checked, facts, steps)])),
];

/// The families that give files and arguments to services on Docker Compose.
const PROVIDERS: &[Provider] = &[prometheus::provision, grafana::provision, gpus::provision];

/// Emits every file of a deployment.
///
/// # Errors
///
/// If two files would stand at one path.
pub fn emit(checked: &Checked) -> Result<Emitted, TreeError> {
    emit::emit(FAMILIES, checked)
}
