//! The prover: it computes which connections are possible through ufw, Docker and NetworkPolicies together.
//!
//! It evaluates exactly the rules that are emitted ([`crate::policy`]). A packet passes the layers in the order of the kernel:
//! the egress policy of the sender, its own `localhost`, routing and Docker's published ports. Next is ufw for packets to the
//! host itself, or DOCKER-USER and Docker's own rules for forwarded packets. The ingress policy of the receiver comes last. The
//! policy controller of k3s inserts its rules before all others and accepts a packet for good
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
