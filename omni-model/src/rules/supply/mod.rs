//! **S**: the supply chain, and secrets.

mod image;

pub(super) use image::RULE as IMAGE;
