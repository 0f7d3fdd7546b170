//! What the families that give systemd units have in common.

/// Where the operator's units stand: <https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html>.
pub(crate) const UNITS: &str = "/etc/systemd/system";

/// A file of the bundle, and where it goes on the machine.
pub(crate) struct Placed {
    pub(crate) source: String,
    pub(crate) target: String,
}

impl Placed {
    /// A unit, or a drop-in of one, of a bundle.
    pub(crate) fn unit(bundle: &str, name: &str) -> Self {
        Self { source: format!("{bundle}systemd/{name}"), target: format!("{UNITS}/{name}") }
    }
}
