//! The model of a deployment: its data, its units and names, the rules that check it, and what follows from it.
//!
//! - [`Deployment`] is plain data that anybody can construct; its fields are the keys of a document.
//! - [`check()`] runs every [rule](rules) and returns a [`Checked`] deployment, or a [`Report`] with everything that is wrong.
//! - A [`Scenario`] is a deployment in one of its options: what runs where, and who may talk to whom. [`Facts`] adds what follows
//!   from it: who can reach whom, what is scraped, and the alerts.
//! - A [`Judgement`] is what the rules say about a document, each finding with its place.
//! - [`reach`] proves who can reach whom through the firewalls of a scenario.
//! - [`document`] reads a deployment from a tree in which each key and value knows its place, for messages with line and column.
//! - [`schema`] has the JSON Schema and the reference of the keys.
//!
//! # Examples
//!
//! ```
//! use omni_model::{Context, Deployment, check};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut deployment: Deployment = serde_json::from_value(json!({
//!     "name": "home",
//!     "version": "1.0",
//!     "hosts": { "box": {
//!         "address": "192.168.1.10",
//!         "lan": { "interface": "eno1", "cidr": "192.168.1.0/24" },
//!         "ram": { "capacity": "64 GiB", "ceiling": "90%", "reserve": "8 GiB" },
//!     } },
//!     "zones": {},
//!     "stacks": {},
//!     "services": {},
//! }))?;
//! let checked = check(deployment.clone(), &Context::default())?;
//! assert_eq!(checked.facts().len(), 1);
//!
//! // 60 of 64 GiB are more than 90 %.
//! deployment.hosts["box"].ram.reserve = "60 GiB".parse()?;
//! let report = check(deployment, &Context::default()).unwrap_err();
//! assert_eq!(report.errors().next().map(|error| error.rule), Some("B001"));
//! # Ok(())
//! # }
//! ```

pub mod budget;
pub mod catalog;
pub mod check;
pub mod deployment;
pub mod diagnostic;
pub mod document;
pub mod facts;
pub mod judgement;
pub mod ledger;
pub mod message;
pub mod monitoring;
pub mod names;
pub mod path;
pub mod policy;
pub mod reach;
pub mod resolve;
pub mod rules;
pub mod running;
mod scalar;
pub mod scenario;
pub mod schema;
pub mod shown;
pub mod suggest;
#[cfg(test)]
mod testing;
pub mod units;
pub mod words;

pub use check::{Checked, Context, check};
pub use deployment::Deployment;
pub use diagnostic::{Diagnostic, Report, Severity};
pub use facts::Facts;
pub use judgement::Judgement;
pub use path::{ModelPath, Segment};
pub use scalar::ScalarError;
pub use scenario::Scenario;
