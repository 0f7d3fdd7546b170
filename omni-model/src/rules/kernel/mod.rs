//! **K**: the kernel and the host.

mod critical;
mod drops;
mod hazard;
mod needs;
mod owner;
mod reach;
mod swap;
mod value;

pub(super) use critical::RULE as CRITICAL;
pub(super) use drops::RULE as DROPS;
pub(super) use hazard::RULE as HAZARD;
pub(super) use needs::RULE as NEEDS;
pub(super) use owner::RULE as OWNER;
pub(super) use reach::RULE as REACH;
pub(super) use swap::RULE as SWAP;
pub(super) use value::RULE as VALUE;

use crate::{
    deployment::Deployment,
    names::{HostName, KernelParameter},
};

/// Each host's kernel parameters.
fn parameters(deployment: &Deployment) -> impl Iterator<Item = (&HostName, &KernelParameter)> {
    let kernels = deployment.hosts.iter().filter_map(|(name, host)| Some((name, host.kernel.as_ref()?)));
    kernels.flat_map(|(name, kernel)| kernel.parameters.keys().map(move |parameter| (name, parameter)))
}
