//! The model of a deployment.

pub mod path;

pub use path::{ModelPath, Segment};
