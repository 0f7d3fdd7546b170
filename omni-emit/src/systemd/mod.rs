//! Shared by the families that install systemd units.

/// The folder of the administrator's units: <https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html>.
pub(crate) const UNITS: &str = "/etc/systemd/system";

/// A file of the bundle, and its path on the machine.
pub(crate) struct Placed {
    pub(crate) source: String,
    pub(crate) target: String,
}

impl Placed {
    /// A unit or a drop-in of the bundle.
    pub(crate) fn unit(bundle: &str, name: &str) -> Self {
        Self { source: format!("{bundle}systemd/{name}"), target: format!("{UNITS}/{name}") }
    }
}
