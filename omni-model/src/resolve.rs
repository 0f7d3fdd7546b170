//! Resolves names to the objects that they refer to.

use std::fmt;

use crate::{
    deployment::{Api, Deployment, Host, Peer, PortMapping, PortOf, Receiver, Reference, Service, Zone},
    names::{ApiName, HostName, PortName, ServiceName, ZoneName},
};

/// Names that refer to parties outside the deployment.
pub const RESERVED: [&str; 3] = ["internet", "lan", "operator"];

/// The party that opens a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party<'a> {
    /// A service.
    Service(&'a ServiceName, &'a Service),
    /// Each service of a zone.
    Zone(&'a ZoneName, &'a Zone),
    /// A host itself.
    Host(&'a HostName, &'a Host),
    /// Any machine in a host's LAN.
    Lan,
    /// The operator of the deployment, in the LAN.
    Operator,
    /// Any machine on the internet.
    Internet,
}

/// The target of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A port of a service.
    Port(&'a ServiceName, &'a Service, &'a PortName, PortMapping),
    /// An API that the deployment does not run itself.
    Api(&'a ApiName, &'a Api),
    /// Any machine on the internet, over HTTPS.
    Internet,
}

impl fmt::Display for Party<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(name, _) => name.fmt(f),
            Self::Zone(name, _) => name.fmt(f),
            Self::Host(name, _) => name.fmt(f),
            Self::Lan => f.pad("lan"),
            Self::Operator => f.pad("operator"),
            Self::Internet => f.pad("internet"),
        }
    }
}

impl fmt::Display for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(service, _, port, _) => write!(f, "{service}.{port}"),
            Self::Api(name, _) => name.fmt(f),
            Self::Internet => f.pad("internet"),
        }
    }
}

/// Returns the host of a service: the host that it names, or the only one. `None` if there is no such host.
pub fn host<'a>(deployment: &'a Deployment, service: &Service) -> Option<(&'a HostName, &'a Host)> {
    match &service.host {
        Some(name) => deployment.hosts.get_key_value(name),
        None if deployment.hosts.len() == 1 => deployment.hosts.first(),
        None => None,
    }
}

/// Returns the party that a name refers to at the start of a flow. `None` if the name is unknown.
pub fn party<'a>(deployment: &'a Deployment, name: &Reference) -> Option<Party<'a>> {
    let name = name.as_str();
    let service =
        deployment.services.get_key_value(name).map(|(name, service)| Party::Service(name, service));
    let zone = || deployment.zones.get_key_value(name).map(|(name, zone)| Party::Zone(name, zone));
    let host = || deployment.hosts.get_key_value(name).map(|(name, host)| Party::Host(name, host));
    let outside = || match name {
        "lan" => Some(Party::Lan),
        "operator" => Some(Party::Operator),
        "internet" => Some(Party::Internet),
        _ => None,
    };
    service.or_else(zone).or_else(host).or_else(outside)
}

/// Returns the target that a name refers to at the end of a flow. `None` if the name is unknown.
pub fn target<'a>(deployment: &'a Deployment, peer: &Peer) -> Option<Target<'a>> {
    match peer {
        Peer::Port(of) => {
            let (service, spec, name, mapping) = port(deployment, of)?;
            Some(Target::Port(service, spec, name, mapping))
        }
        Peer::Name(name) if name.as_str() == "internet" => Some(Target::Internet),
        Peer::Name(name) => {
            deployment.apis.get_key_value(name.as_str()).map(|(name, api)| Target::Api(name, api))
        }
    }
}

/// Returns the target of a receiver of alerts. `None` if only its secret URL contains the target.
pub fn receiver<'a>(deployment: &'a Deployment, receiver: &Receiver) -> Option<Target<'a>> {
    match &receiver.at {
        Some(peer) => target(deployment, peer),
        None => receiver.kind.is_hosted().then_some(Target::Internet),
    }
}

/// Returns the port of a service that a reference means.
pub fn port<'a>(
    deployment: &'a Deployment,
    of: &PortOf,
) -> Option<(&'a ServiceName, &'a Service, &'a PortName, PortMapping)> {
    let (name, service) = deployment.services.get_key_value(of.service.as_str())?;
    let (port, mapping) = service.ports.get_key_value(&of.port)?;
    Some((name, service, port, *mapping))
}
