//! What becomes of a connection, and through which lines.

use std::{fmt, net::Ipv4Addr};

use super::Packet;
use crate::{
    names::HostName,
    path::ModelPath,
    policy::{FilterRule, NetworkPolicy, Origin, OriginKind, PolicyRule, UfwRule},
    units::{Port, Protocol},
};

/// What becomes of a connection.
#[derive(Clone, Debug)]
pub struct Verdict<'w> {
    /// What is tried.
    pub attempt: Attempt,
    /// The packet that opens it, as the last firewall sees it that it meets.
    pub packet: Option<Packet<'w>>,
    /// The layers that it meets, in order.
    pub hops: Vec<Hop<'w>>,
}

/// A connection as somebody tries to open it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// From which address, if it comes from outside.
    pub source: Option<Ipv4Addr>,
    /// To which address.
    pub address: Ipv4Addr,
    /// To which port.
    pub port: Port,
    /// By which protocol.
    pub protocol: Protocol,
}

/// A layer that a packet meets.
#[derive(Clone, Debug)]
pub struct Hop<'w> {
    /// The layer.
    pub layer: Layer,
    /// The host that it stands on.
    pub host: &'w HostName,
    /// Whether the packet passes.
    pub passes: bool,
    /// Whether it is asked. Where k3s' controller has let a packet of a pod through, what follows on that host is not; it is
    /// while the controller starts, or after Docker has put its own rules in front.
    pub asked: bool,
    /// The lines that decide: those that let it through, or those that keep it out. With none, it is the layer's nature.
    pub lines: Vec<Line<'w>>,
}

/// What a packet meets on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// A container's or a pod's `localhost` is its own.
    Loopback,
    /// No address leads there.
    Routing,
    /// Docker's guard in the table `raw`, for what goes past its published ports.
    Guard,
    /// Docker puts a container's address and port in the place of published ones.
    Publication,
    /// Docker's proxy takes it in, as the host.
    Proxy,
    /// The NetworkPolicies of the pod that sends it.
    Egress,
    /// The NetworkPolicies of the pod that receives it.
    Ingress,
    /// ufw, for what is for the host itself.
    Ufw,
    /// The chain DOCKER-USER, for what is forwarded.
    DockerUser,
    /// What Docker itself does with what DOCKER-USER leaves to it.
    Docker,
    /// What the host itself sends: nothing filters it.
    Output,
}

/// A line that decides.
#[derive(Clone, Copy, Debug)]
pub enum Line<'w> {
    /// Of ufw.
    Ufw(&'w UfwRule),
    /// Of DOCKER-USER.
    DockerUser(&'w FilterRule),
    /// A NetworkPolicy; with the rule of it that allows, or, where none does, without.
    Policy(&'w NetworkPolicy, Option<&'w PolicyRule>),
}

impl<'w> Verdict<'w> {
    /// Whether the connection comes about.
    pub fn reaches(&self) -> bool {
        self.hops.iter().all(|hop| hop.passes || !hop.asked)
    }

    /// The layer that keeps it out, were every layer asked.
    pub fn stopped(&self) -> Option<&Hop<'w>> {
        let first = |asked: bool| self.hops.iter().find(|hop| !hop.passes && hop.asked == asked);
        first(true).or_else(|| first(false))
    }
}

impl<'w> Line<'w> {
    /// Why it is there.
    pub fn origins(&self) -> &'w [Origin] {
        match self {
            Self::Ufw(rule) => &rule.origins,
            Self::DockerUser(rule) => &rule.origins,
            Self::Policy(_, Some(rule)) => &rule.origins,
            Self::Policy(policy, None) => &policy.origins,
        }
    }

    /// Where the author wrote what it follows from.
    pub fn place(&self) -> ModelPath {
        let origins = match self {
            Self::Policy(policy, _) => &policy.origins,
            line => line.origins(),
        };
        origins.first().map(|origin| origin.path.clone()).unwrap_or_default()
    }

    /// Whether the author wrote it.
    pub fn is_authored(&self) -> bool {
        self.origins().iter().any(|origin| origin.kind == OriginKind::Authored)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Loopback => "localhost",
            Self::Routing => "routing",
            Self::Guard => "Docker's guard",
            Self::Publication => "published port",
            Self::Proxy => "Docker's proxy",
            Self::Egress => "NetworkPolicy, egress",
            Self::Ingress => "NetworkPolicy, ingress",
            Self::Ufw => "ufw",
            Self::DockerUser => "DOCKER-USER",
            Self::Docker => "Docker",
            Self::Output => "host",
        })
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ufw(rule) => write!(f, "ufw {rule}"),
            Self::DockerUser(rule) => write!(f, "-A DOCKER-USER {rule}"),
            Self::Policy(policy, _) => write!(f, "{}/{}", policy.namespace, policy.name),
        }
    }
}
