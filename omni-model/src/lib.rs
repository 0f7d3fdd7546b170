//! The model of a deployment: its data, its units and names, the rules that judge it, and what follows from it.
//!
//! [`Deployment`] is plain data that anybody can write. [`check()`] gives back a [`Checked`] one, or a [`Report`] with
//! everything that is wrong. A [`Scenario`] is a deployment in one option; [`Facts`] adds what follows from it.

pub mod budget;
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
pub mod registry;
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
