//! Where things are found: addresses of containers, published ports, and endpoints.

use std::{collections::HashSet, net::Ipv4Addr};

use super::{Runtime, Scenario};
use crate::{
    deployment::{Part, PortMapping, Service, Template, Volume},
    names::{ModelName, PortName, ServiceName},
    resolve::{self, Party, Target},
    units::{Port, Protocol},
};

/// The first address in the Compose network that a container gets, counted from the network's own.
pub const FIRST_ADDRESS: u32 = 10;

/// A port of a container on Docker Compose, as its host offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication<'a> {
    /// The port's name.
    pub name: &'a PortName,
    /// The address of the host that it is bound to: the host's own where somebody beyond the host needs it, else loopback.
    pub address: Ipv4Addr,
    /// The port there.
    pub published: Port,
    /// The port in the container.
    pub target: Port,
    /// The protocol.
    pub protocol: Protocol,
}

impl<'a> Scenario<'a> {
    /// The address of a service's container on the Compose network. It depends on the service's place among all services, so
    /// that a new one at the end moves no other.
    pub fn container_address(&self, name: &ServiceName) -> Option<Ipv4Addr> {
        let position = u32::try_from(self.deployment.services.get_index_of(name)?).ok()?;
        let subnet = self.deployment.network.subnet.net();
        // The first addresses are the gateway's and the author's own.
        let address = u32::from(subnet.network()).checked_add(FIRST_ADDRESS)?.checked_add(position)?;
        Some(Ipv4Addr::from(address))
            .filter(|address| subnet.contains(address) && *address != subnet.broadcast())
    }

    /// The address of the host in the Compose network: its first.
    pub fn gateway(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.deployment.network.subnet.net().network()).saturating_add(1))
    }

    /// The ports of a container on Docker Compose, as its host offers them; of anything else, none.
    pub fn publications(&self, name: &ServiceName) -> Vec<Publication<'a>> {
        let Some((name, service)) = self.service(name) else { return Vec::new() };
        let Some((_, host)) = self.host(service) else { return Vec::new() };
        if self.runtime(service) != Runtime::Compose || service.host_network {
            return Vec::new();
        }
        let needed = self.needed_beyond.get_or_init(|| self.needed_beyond());
        let publication = |(port, mapping): (&'a PortName, &PortMapping)| {
            let beyond = needed.contains(&(name, port));
            Publication {
                name: port,
                address: if beyond { host.address } else { Ipv4Addr::LOCALHOST },
                published: mapping.published,
                target: mapping.target,
                protocol: mapping.protocol,
            }
        };
        service.ports.iter().map(publication).collect()
    }

    /// The ports that somebody needs the host's own address to reach.
    fn needed_beyond(&self) -> HashSet<(&'a ServiceName, &'a PortName)> {
        let reached = self.links().iter().filter_map(|link| match link.to {
            Target::Port(to, service, port, _) if self.is_beyond(link.from, service) => Some((to, port)),
            _ => None,
        });
        reached.collect()
    }

    /// Whether somebody needs the host's own address to reach a container on Docker Compose.
    fn is_beyond(&self, from: Party<'_>, container: &Service) -> bool {
        let here = self.host(container).map(|(name, _)| name);
        match from {
            Party::Service(_, service) => {
                let pod = self.runtime(service) == Runtime::Kubernetes && !service.host_network;
                pod || self.host(service).map(|(name, _)| name) != here
            }
            Party::Host(name, _) => Some(name) != here,
            Party::Zone(..) | Party::Lan | Party::Operator | Party::Internet => true,
        }
    }

    /// Where `from` finds a port of `to`, as `address:port`; nothing if there is no way.
    pub fn endpoint(&self, from: &ServiceName, to: &ServiceName, port: &PortName) -> Option<String> {
        let (_, from) = self.service(from)?;
        let (to_name, to) = self.service(to)?;
        let mapping = to.ports.get(port)?;
        let ((from_host, _), (to_host, host)) = (self.host(from)?, self.host(to)?);
        let together = from_host == to_host;
        if to.host_network {
            return Some(format!("{}:{}", host.address, mapping.target));
        }
        if self.runtime(to) == Runtime::Kubernetes {
            let namespace = self.namespace(&to.zone)?;
            let inside = self.runtime(from) == Runtime::Kubernetes;
            return inside.then(|| format!("{to_name}.{namespace}.svc.cluster.local:{}", mapping.target));
        }
        if self.runtime(from) == Runtime::Compose && together && !from.host_network {
            return Some(format!("{}:{}", self.container_address(to_name)?, mapping.target));
        }
        if together && from.host_network {
            return self.local_endpoint(to_name, port);
        }
        Some(format!("{}:{}", host.address, mapping.published))
    }

    /// Where a process of the host finds a port of one of its services, as `address:port`; nothing if there is no way.
    pub fn local_endpoint(&self, name: &ServiceName, port: &PortName) -> Option<String> {
        let (name, service) = self.service(name)?;
        let (_, host) = self.host(service)?;
        let mapping = service.ports.get(port)?;
        if service.host_network {
            return Some(format!("{}:{}", host.address, mapping.target));
        }
        let published = self.publications(name).into_iter().find(|published| published.name == port)?;
        Some(format!("{}:{}", published.address, published.published))
    }

    /// The text, with what its names stand for as `service` sees it; nothing if a name stands for nothing.
    pub fn fill(&self, name: &ServiceName, text: &Template) -> Option<String> {
        let (_, service) = self.service(name)?;
        let part = |part: &Part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::OwnPort(port) => Some(service.ports.get(port)?.target.to_string()),
            Part::Model(model) => self.model_path(service, model),
            Part::Endpoint(of) => {
                let (to, _, port, _) = resolve::port(self.deployment, of)?;
                self.endpoint(name, to, port)
            }
        };
        text.parts().iter().map(part).collect()
    }

    /// The directory in a service's container that holds a model.
    pub fn model_path(&self, service: &Service, model: &ModelName) -> Option<String> {
        let models = self.host(service)?.1.storage.as_ref()?.models.as_ref()?;
        let directory = &self.deployment.models.get(model)?.directory;
        let holds =
            |volume: &Volume| matches!(volume, Volume::Data(name) | Volume::ReadOnly(name) if name == models);
        let (path, _) = service.volumes.iter().find(|(_, volume)| holds(volume))?;
        Some(path.join(directory).to_string())
    }
}
