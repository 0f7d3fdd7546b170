//! **K**: the kernel and the host.

mod critical;
mod swap;

pub(super) use critical::RULE as CRITICAL;
pub(super) use swap::RULE as SWAP;
