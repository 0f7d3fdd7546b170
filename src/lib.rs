//! Omni.

pub mod cli;

pub use omni_derive::deployment;
pub use omni_emit::emit;
pub use omni_model as model;
pub use omni_model::{Checked, Deployment, Facts, Report, check};

pub mod build;
pub mod source;
pub mod yaml;

pub use source::Source;
