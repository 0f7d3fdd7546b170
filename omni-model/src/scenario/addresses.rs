//! Addresses of containers, published ports, and endpoints.

use std::{collections::HashSet, net::Ipv4Addr};

use super::{Runtime, Scenario};
use crate::{
    deployment::{Host, Part, PortMapping, Service, Template, Volume},
    names::{HostName, ModelName, PortName, ServiceName},
    resolve::{self, Party, Target},
    units::{Port, Protocol},
};

/// The offset of the first container address from the network address of the Compose network.
pub const FIRST_ADDRESS: u32 = 10;

/// A service that exists in an option, with its host, runtime and address. It is resolved once for each service.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// The name of the service.
    pub name: &'a ServiceName,
    /// The service.
    pub service: &'a Service,
    /// The name of its host.
    pub host_name: &'a HostName,
    /// Its host.
    pub host: &'a Host,
    /// The runtime of the service.
    pub runtime: Runtime,
    /// The address of its container. `None` on Kubernetes and in the host's network.
    pub address: Option<Ipv4Addr>,
}

/// A port of a container on Docker Compose, as its host publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication<'a> {
    /// The port's name.
    pub name: &'a PortName,
    /// The host address that the port is bound to: the host's own address if a connection from outside the host needs it,
    /// otherwise loopback.
    pub address: Ipv4Addr,
    /// The port on the host.
    pub published: Port,
    /// The port in the container.
    pub target: Port,
    /// The protocol.
    pub protocol: Protocol,
}

impl<'a> Scenario<'a> {
    /// Returns the address of a service's container on the Compose network. It depends on the position of the service among all
    /// services, so that a new service at the end does not move the others.
    pub fn container_address(&self, name: &ServiceName) -> Option<Ipv4Addr> {
        let position = u32::try_from(self.deployment.services.get_index_of(name)?).ok()?;
        let subnet = self.deployment.network.subnet.net();
        // The first addresses are reserved for the gateway and for the author.
        let address = u32::from(subnet.network()).checked_add(FIRST_ADDRESS)?.checked_add(position)?;
        Some(Ipv4Addr::from(address))
            .filter(|address| subnet.contains(address) && *address != subnet.broadcast())
    }

    /// Returns the address of the host in the Compose network, which is the first one.
    pub fn gateway(&self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.deployment.network.subnet.net().network()).saturating_add(1))
    }

    /// Returns the published ports of a service on Docker Compose. Empty for all other services.
    pub fn publications(&self, name: &ServiceName) -> Vec<Publication<'a>> {
        self.placed(name).map(|placed| self.published(placed)).unwrap_or_default()
    }

    /// Returns the service with this name and its location. `None` if the service or its host does not exist in this option.
    pub fn placed(&self, name: &ServiceName) -> Option<&Placed<'a>> {
        let placed = |(name, service): (&'a ServiceName, &'a Service)| {
            let (host_name, host) = self.host(service)?;
            let runtime = self.runtime(service);
            let is_container = runtime == Runtime::Compose && !service.host_network;
            let address = if is_container { self.container_address(name) } else { None };
            Some((name, Placed { name, service, host_name, host, runtime, address }))
        };
        self.placed.get_or_init(|| self.services().filter_map(placed).collect()).get(name)
    }

    /// Returns the published ports of a service on Docker Compose. Empty for all other services.
    pub fn published(&self, placed: &Placed<'a>) -> Vec<Publication<'a>> {
        let Placed { name, service, host, runtime, .. } = *placed;
        if runtime != Runtime::Compose || service.host_network {
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

    /// Returns the ports for which a connection needs the host's own address.
    fn needed_beyond(&self) -> HashSet<(&'a ServiceName, &'a PortName)> {
        let reached = self.links().iter().filter_map(|link| match link.to {
            Target::Port(to, service, port, _) if self.is_beyond(link.from, service) => Some((to, port)),
            _ => None,
        });
        reached.collect()
    }

    /// Returns whether `from` needs the host's own address to reach a container on Docker Compose.
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

    /// Returns the endpoint under which `from` reaches a port of `to`, as `address:port`. `None` if it cannot reach it.
    pub fn endpoint(&self, from: &ServiceName, to: &ServiceName, port: &PortName) -> Option<String> {
        let (from, to) = (self.placed(from)?, self.placed(to)?);
        let mapping = to.service.ports.get(port)?;
        let together = from.host_name == to.host_name;
        if to.service.host_network {
            return Some(format!("{}:{}", to.host.address, mapping.target));
        }
        if to.runtime == Runtime::Kubernetes {
            let namespace = self.namespace(&to.service.zone)?;
            let inside = from.runtime == Runtime::Kubernetes;
            return inside.then(|| format!("{}.{namespace}.svc.cluster.local:{}", to.name, mapping.target));
        }
        if from.runtime == Runtime::Compose && together && !from.service.host_network {
            return Some(format!("{}:{}", to.address?, mapping.target));
        }
        if together && from.service.host_network {
            return self.local_endpoint(to.name, port);
        }
        Some(format!("{}:{}", to.host.address, mapping.published))
    }

    /// Returns the endpoint under which a process of the host reaches a port of one of its services, as `address:port`. `None`
    /// if it cannot reach it.
    pub fn local_endpoint(&self, name: &ServiceName, port: &PortName) -> Option<String> {
        let placed = self.placed(name)?;
        let mapping = placed.service.ports.get(port)?;
        if placed.service.host_network {
            return Some(format!("{}:{}", placed.host.address, mapping.target));
        }
        let published = self.published(placed).into_iter().find(|published| published.name == port)?;
        Some(format!("{}:{}", published.address, published.published))
    }

    /// Returns the text with the placeholders replaced by their values for the service `name`.
    /// `None` if a placeholder has no value.
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

    /// Returns the directory of a model in the container of a service.
    pub fn model_path(&self, service: &Service, model: &ModelName) -> Option<String> {
        let models = self.host(service)?.1.storage.as_ref()?.models.as_ref()?;
        let directory = &self.deployment.models.get(model)?.directory;
        let holds =
            |volume: &Volume| matches!(volume, Volume::Data(name) | Volume::ReadOnly(name) if name == models);
        let (path, _) = service.volumes.iter().find(|(_, volume)| holds(volume))?;
        Some(path.join(directory).to_string())
    }
}
