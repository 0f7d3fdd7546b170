//! The two ends of a connection: sources and destinations.

use std::{
    fmt,
    hash::{Hash, Hasher},
    net::Ipv4Addr,
};

use crate::{
    deployment::{Api, Host, PortMapping, Service},
    names::{HostName, PortName, ServiceName},
    resolve::{Party, Target},
    units::Port,
};

/// The source that opens a connection.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// A service.
    Service(&'a ServiceName, &'a Service),
    /// A host itself.
    Host(&'a HostName, &'a Host),
    /// The operator of the deployment.
    Operator,
    /// Any other machine in a host's LAN.
    Lan,
    /// Any machine on the internet.
    Internet,
}

/// The destination of a connection.
#[derive(Clone, Copy, Debug)]
pub enum Destination<'a> {
    /// A port of a service.
    Service(&'a ServiceName, &'a Service, &'a PortName, PortMapping),
    /// A port that the host itself opens.
    Host(&'a HostName, &'a Host, HostPort),
    /// A port of any machine on the internet.
    Internet(Port),
    /// A port of a machine outside the deployment.
    Machine(Ipv4Addr, Port),
}

/// A port on which the host itself listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostPort {
    /// sshd.
    Ssh(Port),
    /// The Kubernetes API server, TCP 6443.
    ApiServer,
    /// The kubelet, TCP 10250.
    Kubelet,
}

/// Hashes only what identifies a source. A name identifies its service or host.
impl Hash for Source<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Service(name, _) => name.hash(state),
            Self::Host(name, _) => name.hash(state),
            Self::Operator | Self::Lan | Self::Internet => std::mem::discriminant(self).hash(state),
        }
    }
}

impl Hash for Destination<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Service(name, _, port, _) => (name, port).hash(state),
            Self::Host(name, _, port) => (name, port).hash(state),
            Self::Internet(port) => port.hash(state),
            Self::Machine(address, port) => (address, port).hash(state),
        }
    }
}

/// Compares names only: they are unique within a deployment.
impl PartialEq for Source<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Service(a, _), Self::Service(b, _)) => a == b,
            (Self::Host(a, _), Self::Host(b, _)) => a == b,
            _ => {
                std::mem::discriminant(self) == std::mem::discriminant(other)
                    && !matches!(self, Self::Service(..) | Self::Host(..))
            }
        }
    }
}

impl Eq for Source<'_> {}

impl PartialEq for Destination<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Service(a, _, port, _), Self::Service(b, _, other, _)) => (a, port) == (b, other),
            (Self::Host(a, _, port), Self::Host(b, _, other)) => (a, port) == (b, other),
            (Self::Internet(a), Self::Internet(b)) => a == b,
            (Self::Machine(a, port), Self::Machine(b, other)) => (a, port) == (b, other),
            _ => false,
        }
    }
}

impl Eq for Destination<'_> {}

impl HostPort {
    /// The port number.
    pub const fn port(self) -> Port {
        match self {
            Self::Ssh(port) => port,
            Self::ApiServer => Port::KUBERNETES_API,
            Self::Kubelet => Port::KUBELET,
        }
    }
}

impl<'a> Source<'a> {
    /// Returns the source of a declared connection. `None` for a zone, because each of its services is a source of its own.
    pub fn of(party: Party<'a>) -> Option<Self> {
        match party {
            Party::Service(name, service) => Some(Self::Service(name, service)),
            Party::Host(name, host) => Some(Self::Host(name, host)),
            Party::Operator => Some(Self::Operator),
            Party::Lan => Some(Self::Lan),
            Party::Internet => Some(Self::Internet),
            Party::Zone(..) => None,
        }
    }
}

impl<'a> Destination<'a> {
    /// Returns the destination of a declared connection.
    pub fn of(target: Target<'a>) -> Self {
        match target {
            Target::Port(name, service, port, mapping) => Self::Service(name, service, port, mapping),
            Target::Api(_, api) => Self::of_api(api),
            Target::Internet => Self::Internet(Port::HTTPS),
        }
    }

    /// Returns the destination of an API.
    pub fn of_api(api: &Api) -> Self {
        match api.address {
            Some(address) => Self::Machine(address, api.port),
            None => Self::Internet(api.port),
        }
    }
}

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name, _) => name.fmt(f),
            Self::Host(name, _) => name.fmt(f),
            Self::Operator => f.pad("operator"),
            Self::Lan => f.pad("lan"),
            Self::Internet => f.pad("internet"),
        }
    }
}

impl fmt::Display for Destination<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name, _, port, _) => write!(f, "{name}.{port}"),
            Self::Host(name, _, port) => write!(f, "{name}.{port}"),
            Self::Internet(port) => write!(f, "internet:{port}"),
            Self::Machine(address, port) => write!(f, "{address}:{port}"),
        }
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ssh(_) => "ssh",
            Self::ApiServer => "kubernetes-api",
            Self::Kubelet => "kubelet",
        })
    }
}
