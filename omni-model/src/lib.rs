//! The model of a deployment.

pub mod document;
pub mod path;
pub mod suggest;

pub use path::{ModelPath, Segment};
