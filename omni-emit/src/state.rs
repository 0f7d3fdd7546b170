//! Where a deployment keeps on a machine what it must know of that machine.

/// The folder of a deployment.
pub(crate) fn root(deployment: &str) -> String {
    format!("/var/lib/omni/{deployment}")
}
