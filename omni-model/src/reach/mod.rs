//! The prover: who can reach whom, through ufw, Docker and NetworkPolicies together.
//!
//! It judges the very lines that are emitted ([`crate::policy`]). A packet meets the layers in the kernel's order: the sender's
//! egress policy, its own `localhost`, routing, Docker's published ports, ufw for what is for the host, DOCKER-USER and
//! Docker's own rules for what is forwarded, the receiver's ingress policy. k3s' policy controller puts its rules in front of
//! all others, and what it lets through is let through for good
//! (<https://github.com/cloudnativelabs/kube-router/blob/master/pkg/controllers/netpol/npc_iptables.go>, `ensureTopLevelChains` and
//! `ensureExplicitAccept`).

mod blame;
mod chain;
mod ends;
mod ipv6;
mod matrix;
mod packet;
mod policies;
mod rows;
#[cfg(test)]
mod tests;
mod trace;
mod verdict;
mod world;

pub use blame::{Blame, Reached, Undeclared};
pub use ends::{Destination, HostPort, Source};
pub use matrix::{Cell, Declared, Matrix};
pub use packet::Packet;
pub use verdict::{Attempt, Hop, Layer, Line, Verdict};
pub use world::World;
