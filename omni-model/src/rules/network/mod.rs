//! **N**: ports and addresses.

mod addresses;
mod docker;
mod mapped;
mod ports;
mod subnet;

pub(super) use addresses::RULE as ADDRESSES;
pub(super) use docker::RULE as DOCKER;
pub(super) use mapped::RULE as MAPPED;
pub(super) use ports::RULE as PORTS;
pub(super) use subnet::RULE as SUBNET;
