//! What is known of the software and the hardware that deployments are made of. Data, each entry with its source; the rules
//! judge by it.

pub mod docker;
pub mod downloads;
pub mod environment;
pub mod gpus;
pub mod hardware;
pub(crate) mod huge_pages;
pub mod k3s;
pub mod kernel;
pub mod nvidia;
pub mod packages;
pub mod products;
pub mod sysctls;
