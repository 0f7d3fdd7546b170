//! What a checked deployment emits.

pub mod artifact;
pub mod filters;
pub mod header;
pub mod md;
pub mod sh;
pub mod yaml;
