//! What a checked deployment emits: one module per artifact family.
//!
//! An emitter is a function from a scenario to steps with artifacts in memory. It sees no file system, no clock and no
//! environment. The writer alone touches the disk.

pub mod artifact;
mod emit;
pub mod filters;
pub mod header;
pub mod md;
pub mod sh;
pub mod step;
pub mod writer;
pub mod yaml;

pub use emit::{Emitted, Origin, emit};
pub use step::{Check, Family, Script, Step};
