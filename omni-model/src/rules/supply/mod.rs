//! **S**: the supply chain, and secrets.

mod checksum;
mod image;
mod kubeconfig;
mod misnomer;
mod model;
mod password;
mod retired;
mod revision;
mod secret;

pub(super) use checksum::RULE as CHECKSUM;
pub(super) use image::RULE as IMAGE;
pub(super) use kubeconfig::RULE as KUBECONFIG;
pub(super) use misnomer::RULE as MISNOMER;
pub(super) use model::RULE as MODEL;
pub(super) use password::RULE as PASSWORD;
pub(super) use retired::RULE as RETIRED;
pub(super) use revision::RULE as REVISION;
pub(super) use secret::RULE as SECRET;
