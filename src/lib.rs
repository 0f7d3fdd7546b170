//! One typed model of a self-hosted deployment, checked before it can do harm, and every file that its operator needs.
//!
//! A deployment says what the hardware has, how much RAM and VRAM each service may take, which zones services belong to, who may talk
//! to whom, what raises an alert, and how all of it is verified and undone. What the hardware cannot hold does not compile. What
//! compiles emits GRUB lines, storage scripts, Compose files, Kubernetes manifests, firewall rules, Prometheus rules, dashboards,
//! verification, rollback and a runbook.
//!
//! # A program
//!
//! The [`deployment!`] macro checks the deployment while it compiles, and [`cli::main`] makes a program of it:
//!
//! ```no_run
//! omni::deployment! {
//!     /// A box in the living room that runs open models
//!     pub fn minimal;
//!
//!     name: "minimal",
//!     version: "1.0",
//!     hosts: {
//!         homelab: {
//!             address: "192.168.1.10",
//!             lan: { interface: eno1, cidr: "192.168.1.0/24" },
//!             ram: { capacity: 64 GiB, ceiling: 90%, reserve: 8 GiB },
//!             gpus: { gpu0: { model: "RTX 4090", vram: 24 GiB } },
//!             root: { capacity: 250 GB, reserve: 100 GB },
//!             storage: { mount: "/data", capacity: 500 GB, directories: { ollama: { owner: root, size: 200 GB } } },
//!             openings: [{ to: ssh, from: lan, purpose: "SSH" }],
//!         },
//!     },
//!     zones: { inference: { title: "Inference" } },
//!     stacks: { inference: {} },
//!     services: {
//!         ollama: {
//!             zone: inference,
//!             stack: inference,
//!             image: { reference: "ollama/ollama:0.32.15" },
//!             ports: { http: 11434 },
//!             memory: { models: 24 GiB },
//!             memory_limit: 32 GiB,
//!             vram: { gpu0: 20 GiB },
//!             volumes: { "/root/.ollama": { data: ollama } },
//!             health: { http: { port: http, path: "/" } },
//!         },
//!     },
//!     flows: [lan -> ollama.http],
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     omni::cli::main(minimal())
//! }
//! ```
//!
//! `cargo run -- check` shows what is wrong, `cargo run -- emit out/` writes the files, and `cargo run -- explain` lists the rules and
//! the keys. The same deployment as YAML is checked by the program `omni`, or by your own with [`Source::file`].
//!
//! # From a deployment to files
//!
//! Each command is a few calls, which you can make yourself:
//!
//! ```
//! use omni::model::{Context, reach::Matrix};
//! use omni::writer::{self, Edits, Emission};
//! use omni::{Checked, Deployment, Header, Source, check, emit};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("omni-tour-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! // A deployment is plain data: from a file, from the macro, or computed.
//! let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/minimal.yaml"));
//! let source = Source::yaml("minimal.yaml", text);
//! let judgement = source.check(&Context::default());
//! let mut deployment: Deployment = judgement.deployment.ok_or("the file cannot be read")?;
//! deployment.services["ollama"].memory_limit = "40 GiB".parse()?;
//!
//! // Only `check` makes a `Checked`, and everything below takes nothing else.
//! let checked: Checked = check(deployment, &Context::default())?;
//! assert!(checked.warnings().findings.is_empty());
//!
//! // What follows in each option: what runs where, and who reaches whom.
//! for facts in checked.facts() {
//!     let matrix = Matrix::of(facts.world(), facts.declared());
//!     println!("{}\n{matrix}", facts.title());
//! }
//!
//! // The files are made in memory; the writer exchanges them for what is in the folder in one step.
//! let emitted = emit(&checked)?;
//! let script = emitted.tree.get("compose/deploy.sh").ok_or("no script")?;
//! assert!(script.contents.starts_with("#!"));
//! let emission = Emission { header: Header::of(&checked), tree: &emitted.tree, only: &|_| true };
//! let out = folder.join("out");
//! let changed = writer::write(&out, &emission, Edits::Refuse, &|_| {})?;
//! assert!(changed.len() > 10 && writer::check(&out, &emission)?.is_empty());
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! - The keys of a deployment are the fields of [`Deployment`]; [`model::schema`] has the reference and the JSON Schema.
//! - The rules, with examples, are in [`model::rules`]; `omni explain RULE` prints a page.
//! - [`build`] refuses an invalid deployment in a `build.rs`.
//! - [`yaml`] reads and writes deployments as YAML, and [`Source`] keeps the lines for messages.

pub mod cli;

pub use omni_derive::deployment;
pub use omni_emit::{emit, header::Header, writer};
pub use omni_model as model;
pub use omni_model::{Checked, Deployment, Facts, Report, check};

pub mod build;
pub mod source;
pub mod yaml;
pub use source::Source;
