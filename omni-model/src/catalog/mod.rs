//! Facts about the software and the hardware of deployments. Each entry names its source; the rules and the emitters use them.

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
pub mod pod_security;
pub mod products;
pub mod sysctls;
