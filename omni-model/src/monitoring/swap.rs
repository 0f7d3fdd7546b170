//! The hosts that have swap.

use crate::{Scenario, deployment::Host};

/// Whether a host has swap.
pub(super) fn has(host: &Host) -> bool {
    host.swap.is_some()
}

/// Whether any host has swap.
pub(super) fn any(scenario: &Scenario<'_>) -> bool {
    scenario.deployment().hosts.values().any(has)
}
