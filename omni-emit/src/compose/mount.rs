//! What other families put into a container.

use crate::artifact::Artifact;

/// A configuration file or folder that a container on Docker Compose sees, read-only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    /// Where it stands, relative to the folder of the Compose files: `../monitoring/prometheus.yml`.
    pub(crate) source: String,
    /// Where the container sees it.
    pub(crate) target: String,
    /// The files that it consists of. A container is made anew when one of them has changed.
    pub(crate) artifacts: Vec<Artifact>,
}
