//! The verdict on a connection, and the rules that decide it.

use std::{fmt, net::Ipv4Addr};

use super::Packet;
use crate::{
    names::HostName,
    path::ModelPath,
    policy::{FilterRule, NetworkPolicy, Origin, OriginKind, PolicyRule, UfwRule},
    units::{Port, Protocol},
};

/// The verdict on a connection.
#[derive(Clone, Debug)]
pub struct Verdict<'w> {
    /// The connection attempt.
    pub attempt: Attempt,
    /// The packet that opens the connection, as the last firewall on its path sees it.
    pub packet: Option<Packet<'w>>,
    /// The layers on the path of the packet, in order.
    pub hops: Vec<Hop<'w>>,
}

/// An attempt to open a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The source address, if the connection comes from outside.
    pub source: Option<Ipv4Addr>,
    /// The destination address.
    pub address: Ipv4Addr,
    /// The destination port.
    pub port: Port,
    /// By which protocol.
    pub protocol: Protocol,
}

/// A layer on the path of a packet.
#[derive(Clone, Debug)]
pub struct Hop<'w> {
    /// The layer.
    pub layer: Layer,
    /// The host of the layer.
    pub host: &'w HostName,
    /// Whether the packet passes.
    pub passes: bool,
    /// Whether the layer is consulted. Once the policy controller of k3s has accepted a packet of a pod, the later layers on
    /// that host are not consulted. They are consulted while the controller starts, or after Docker has inserted its own rules
    /// first.
    pub asked: bool,
    /// The rules that decide: those that accept the packet, or those that drop it. Empty if no rule decides and the layer
    /// always behaves this way.
    pub lines: Vec<Line<'w>>,
}

/// The kind of a layer on the path of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The `localhost` of a container or a pod, which no one else can reach.
    Loopback,
    /// Routing: no route leads to the address.
    Routing,
    /// Docker's guard in the `raw` table, against packets that bypass its published ports.
    Guard,
    /// Docker replaces a published address and port with those of the container.
    Publication,
    /// Docker's proxy accepts the connection, as a process of the host.
    Proxy,
    /// The NetworkPolicies of the sending pod.
    Egress,
    /// The NetworkPolicies of the receiving pod.
    Ingress,
    /// ufw, for packets to the host itself.
    Ufw,
    /// The DOCKER-USER chain, for forwarded packets.
    DockerUser,
    /// Docker's own rules, for packets that DOCKER-USER leaves to them.
    Docker,
    /// The output of the host itself, which nothing filters.
    Output,
}

/// A rule that decides.
#[derive(Clone, Copy, Debug)]
pub enum Line<'w> {
    /// A rule of ufw.
    Ufw(&'w UfwRule),
    /// A rule of DOCKER-USER.
    DockerUser(&'w FilterRule),
    /// A NetworkPolicy, with the rule of it that allows the connection. `None` if no rule allows it.
    Policy(&'w NetworkPolicy, Option<&'w PolicyRule>),
}

impl<'w> Verdict<'w> {
    /// Returns whether the connection is possible.
    pub fn reaches(&self) -> bool {
        self.hops.iter().all(|hop| hop.passes || !hop.asked)
    }

    /// Returns the layer that drops the packet. If every consulted layer accepts it, returns the first unconsulted layer that
    /// would drop it.
    pub fn stopped(&self) -> Option<&Hop<'w>> {
        let first = |asked: bool| self.hops.iter().find(|hop| !hop.passes && hop.asked == asked);
        first(true).or_else(|| first(false))
    }
}

impl<'w> Line<'w> {
    /// Returns the origins of the rule.
    pub fn origins(&self) -> &'w [Origin] {
        match self {
            Self::Ufw(rule) => &rule.origins,
            Self::DockerUser(rule) => &rule.origins,
            Self::Policy(_, Some(rule)) => &rule.origins,
            Self::Policy(policy, None) => &policy.origins,
        }
    }

    /// Returns the path of the declaration that the rule follows from.
    pub fn place(&self) -> ModelPath {
        let origins = match self {
            Self::Policy(policy, _) => &policy.origins,
            line => line.origins(),
        };
        origins.first().map(|origin| origin.path.clone()).unwrap_or_default()
    }

    /// Returns whether the author wrote the rule.
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
