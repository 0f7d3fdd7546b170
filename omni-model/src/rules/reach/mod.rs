//! **F**: who can reach whom through the firewalls.

mod address;
mod blocked;
mod dashboard;
mod endpoint;
mod exposed;
mod host_network;
mod idle;
mod ipv6;
mod neighbour;
mod selector;
mod ssh;
mod wide;

pub(super) use address::RULE as ADDRESS;
pub(super) use blocked::RULE as BLOCKED;
pub(super) use dashboard::RULE as DASHBOARD;
pub(super) use endpoint::RULE as ENDPOINT;
pub(super) use exposed::RULE as EXPOSED;
pub(super) use host_network::RULE as HOST_NETWORK;
pub(super) use idle::RULE as IDLE;
pub(super) use ipv6::RULE as IPV6;
pub(super) use neighbour::RULE as NEIGHBOUR;
pub(super) use selector::RULE as SELECTOR;
pub(super) use ssh::RULE as SSH;
pub(super) use wide::RULE as WIDE;

use crate::{path::ModelPath, reach::Line};

/// Where the author wrote a line.
fn place(line: &Line<'_>) -> ModelPath {
    let origins = match line {
        Line::Policy(policy, _) => &policy.origins,
        line => line.origins(),
    };
    origins.first().map(|origin| origin.path.clone()).unwrap_or_default()
}

/// `1 connection`, `2 connections`.
fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
