//! What a name stands for.

use std::fmt;

use crate::{
    deployment::{Api, Deployment, Host, Peer, PortMapping, PortOf, Receiver, Reference, Service, Zone},
    names::{ApiName, HostName, PortName, ServiceName, ZoneName},
};

/// Names that stand for somebody outside the deployment.
pub const RESERVED: [&str; 3] = ["internet", "lan", "operator"];

/// Who opens a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party<'a> {
    /// A service.
    Service(&'a ServiceName, &'a Service),
    /// Each service of a zone.
    Zone(&'a ZoneName, &'a Zone),
    /// A host itself.
    Host(&'a HostName, &'a Host),
    /// Whoever is in a host's LAN.
    Lan,
    /// Who runs the deployment, from the LAN.
    Operator,
    /// Anybody.
    Internet,
}

/// Where a connection goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// To a port of a service.
    Port(&'a ServiceName, &'a Service, &'a PortName, PortMapping),
    /// To an API that others run.
    Api(&'a ApiName, &'a Api),
    /// To anywhere outside, by HTTPS.
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

/// The host of a service: the one that it names, or the only one.
pub fn host<'a>(deployment: &'a Deployment, service: &Service) -> Option<(&'a HostName, &'a Host)> {
    match &service.host {
        Some(name) => deployment.hosts.get_key_value(name),
        None if deployment.hosts.len() == 1 => deployment.hosts.first(),
        None => None,
    }
}

/// What a name stands for as the start of a flow.
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

/// What a name stands for as the end of a flow.
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

/// Where a receiver of alerts is; nothing if only its secret URL says so.
pub fn receiver<'a>(deployment: &'a Deployment, receiver: &Receiver) -> Option<Target<'a>> {
    match &receiver.at {
        Some(peer) => target(deployment, peer),
        None => receiver.kind.is_hosted().then_some(Target::Internet),
    }
}

/// The port of a service that is meant.
pub fn port<'a>(
    deployment: &'a Deployment,
    of: &PortOf,
) -> Option<(&'a ServiceName, &'a Service, &'a PortName, PortMapping)> {
    let (name, service) = deployment.services.get_key_value(of.service.as_str())?;
    let (port, mapping) = service.ports.get_key_value(&of.port)?;
    Some((name, service, port, *mapping))
}
