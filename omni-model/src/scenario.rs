//! A deployment in one of the ways to run it.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    net::Ipv4Addr,
    sync::OnceLock,
};

use crate::{
    check::Checked,
    deployment::{
        Cluster, Deployment, DeploymentOption, Host, Part, PortMapping, Sandbox, Service, State, Template,
        Volume,
    },
    monitoring::{self, AlertRule, Targets, probed},
    names::{HostName, ModelName, NamespaceName, OptionName, PortName, ServiceName, Text, ZoneName},
    path::ModelPath,
    reach::{Declared, World},
    resolve::{self, Party, Target},
    units::{Port, Protocol},
};

/// What runs a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Docker Compose.
    Compose,
    /// Kubernetes.
    Kubernetes,
}

/// A deployment in one of the ways to run it. The emitters get it from a [`Checked`] one.
#[derive(Clone, Debug)]
pub struct Scenario<'a> {
    deployment: &'a Deployment,
    option: OptionName,
    spec: DeploymentOption,
    links: OnceLock<Vec<Link<'a>>>,
    needed_beyond: OnceLock<HashSet<(&'a ServiceName, &'a PortName)>>,
    by_host: OnceLock<HashMap<&'a HostName, Vec<(&'a ServiceName, &'a Service)>>>,
    links_by_host: OnceLock<HashMap<&'a HostName, Vec<usize>>>,
    world: OnceLock<World<'a>>,
    declared: OnceLock<Declared<'a>>,
    targets: OnceLock<Targets<'a>>,
    alerts: OnceLock<Vec<AlertRule<'a>>>,
}

/// Who may talk to whom in a scenario, with the names resolved: a flow (one from a zone is one from each service in it), or
/// what the monitoring needs, which nobody has to declare: Prometheus reads metrics and tells Alertmanager, which tells the
/// receivers, Grafana asks Prometheus, the prober asks for health.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// Where the deployment says so.
    pub origin: ModelPath,
    /// Who opens the connection.
    pub from: Party<'a>,
    /// Where it goes.
    pub to: Target<'a>,
}

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

/// As a flow is written.
impl fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.from, self.to)
    }
}

impl Checked {
    /// The ways to run the deployment, in their order.
    pub fn scenarios(&self) -> Vec<Scenario<'_>> {
        Scenario::all(self)
    }
}

impl<'a> Scenario<'a> {
    /// Of an unchecked deployment: for the rules.
    pub(crate) fn all(deployment: &'a Deployment) -> Vec<Self> {
        let scenario = |(option, spec): (&OptionName, &DeploymentOption)| Self {
            deployment,
            option: option.clone(),
            spec: spec.clone(),
            links: OnceLock::new(),
            needed_beyond: OnceLock::new(),
            by_host: OnceLock::new(),
            links_by_host: OnceLock::new(),
            world: OnceLock::new(),
            declared: OnceLock::new(),
            targets: OnceLock::new(),
            alerts: OnceLock::new(),
        };
        if deployment.options.is_empty() {
            #[expect(clippy::expect_used, reason = "`compose` is known to be a name")]
            let compose = "compose".parse().expect("the name of an option");
            return vec![scenario((&compose, &DeploymentOption::default()))];
        }
        deployment.options.iter().map(scenario).collect()
    }

    /// The deployment.
    pub fn deployment(&self) -> &'a Deployment {
        self.deployment
    }

    /// The option's name.
    pub fn option(&self) -> &OptionName {
        &self.option
    }

    /// The option's name for people.
    pub fn title(&self) -> &str {
        self.spec.title.as_ref().map_or(self.option.as_str(), Text::as_str)
    }

    /// What the option is, for people.
    pub fn description(&self) -> Option<&Text> {
        self.spec.description.as_ref()
    }

    /// Whether anything runs on Kubernetes.
    pub fn has_kubernetes(&self) -> bool {
        self.services().any(|(_, service)| self.runtime(service) == Runtime::Kubernetes)
    }

    /// The cluster, if this option runs something on it and its k3s is on this host.
    pub fn cluster_on(&self, host: &HostName) -> Option<&'a Cluster> {
        let cluster = self.deployment.cluster.as_ref().filter(|cluster| cluster.host == *host)?;
        self.has_kubernetes().then_some(cluster)
    }

    /// The services that exist in this option, standbys among them.
    pub fn services(&self) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.deployment.services.iter().filter(|(_, service)| self.has(service))
    }

    /// The services that run when nothing has failed.
    pub fn active(&self) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.services().filter(|(_, service)| service.state == State::Active)
    }

    /// The service of that name, if it exists in this option.
    pub fn service(&self, name: &ServiceName) -> Option<(&'a ServiceName, &'a Service)> {
        self.deployment.services.get_key_value(name).filter(|(_, service)| self.has(service))
    }

    fn has(&self, service: &Service) -> bool {
        service.options.is_empty() || service.options.contains(&self.option)
    }

    /// What runs a service.
    pub fn runtime(&self, service: &Service) -> Runtime {
        if self.spec.kubernetes.contains(&service.zone) { Runtime::Kubernetes } else { Runtime::Compose }
    }

    /// Whether a service's zone runs its services in gVisor.
    pub fn is_sandboxed(&self, service: &Service) -> bool {
        self.deployment.zones.get(&service.zone).is_some_and(|zone| zone.sandbox == Sandbox::Gvisor)
    }

    /// The services that a runtime runs, standbys among them.
    pub fn run_by(
        &self,
        runtime: Runtime,
    ) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.services().filter(move |(_, service)| self.runtime(service) == runtime)
    }

    /// The zones that run on Kubernetes.
    pub fn kubernetes_zones(&self) -> &[ZoneName] {
        &self.spec.kubernetes
    }

    /// The host of a service.
    pub fn host(&self, service: &Service) -> Option<(&'a HostName, &'a Host)> {
        resolve::host(self.deployment, service)
    }

    /// The services on a host, standbys among them.
    pub fn on(&self, host: &HostName) -> &[(&'a ServiceName, &'a Service)] {
        let by_host = self.by_host.get_or_init(|| {
            let mut by_host: HashMap<_, Vec<_>> = HashMap::new();
            for (name, service) in self.services() {
                if let Some((host, _)) = self.host(service) {
                    by_host.entry(host).or_default().push((name, service));
                }
            }
            by_host
        });
        by_host.get(host).map_or(&[], Vec::as_slice)
    }

    /// The folder of what belongs to a host in this option: none where there is one host, else `hosts/<name>/`.
    pub fn host_folder(&self, host: &HostName) -> String {
        if self.deployment.hosts.len() == 1 { String::new() } else { format!("hosts/{host}/") }
    }

    /// The namespace of a zone: its own, or one of its name.
    pub fn namespace(&self, zone: &ZoneName) -> Option<NamespaceName> {
        let spec = self.deployment.zones.get(zone)?;
        spec.namespace.clone().or_else(|| zone.as_str().parse().ok())
    }

    /// Who may talk to whom. What has an end that does not exist in this option is not there.
    pub fn links(&self) -> &[Link<'a>] {
        self.links.get_or_init(|| self.resolve_links())
    }

    /// The links that begin or end on a host.
    pub fn links_on(&self, host: &HostName) -> impl Iterator<Item = &Link<'a>> {
        let by_host = self.links_by_host.get_or_init(|| {
            let mut by_host: HashMap<_, Vec<_>> = HashMap::new();
            for (i, link) in self.links().iter().enumerate() {
                let from = match link.from {
                    Party::Service(_, service) => self.host(service),
                    Party::Host(name, host) => Some((name, host)),
                    Party::Zone(..) | Party::Lan | Party::Operator | Party::Internet => None,
                };
                let to = match link.to {
                    Target::Port(_, service, ..) => self.host(service),
                    Target::Api(..) | Target::Internet => None,
                };
                let from = from.map(|(name, _)| name);
                let to = to.map(|(name, _)| name).filter(|to| Some(*to) != from);
                for host in from.into_iter().chain(to) {
                    by_host.entry(host).or_default().push(i);
                }
            }
            by_host
        });
        by_host.get(host).into_iter().flatten().filter_map(|i| self.links().get(*i))
    }

    /// Who can reach whom by the lines that are emitted.
    pub fn world(&self) -> &World<'a> {
        self.world.get_or_init(|| World::of(self))
    }

    /// Who may reach whom.
    pub fn declared(&self) -> &Declared<'a> {
        self.declared.get_or_init(|| Declared::of(self))
    }

    /// What Prometheus scrapes.
    pub fn targets(&self) -> &Targets<'a> {
        self.targets.get_or_init(|| Targets::of(self))
    }

    /// The alerting rules. An alert about what the option or the hardware does not have is left out.
    pub fn alerts(&self) -> &[AlertRule<'a>] {
        self.alerts.get_or_init(|| monitoring::alerts(self))
    }

    fn resolve_links(&self) -> Vec<Link<'a>> {
        let flows = self.deployment.flows.iter().enumerate().flat_map(|(i, flow)| {
            let origin = ModelPath::root().key("flows").index(i);
            let from = resolve::party(self.deployment, &flow.from);
            let to = resolve::target(self.deployment, &flow.to);
            self.expand(&origin, from.zip(to))
        });
        flows.chain(self.monitoring_links()).collect()
    }

    fn expand(&self, origin: &ModelPath, ends: Option<(Party<'a>, Target<'a>)>) -> Vec<Link<'a>> {
        let Some((from, to)) = ends else { return Vec::new() };
        let link = |from| Link { origin: origin.clone(), from, to };
        match (from, to) {
            (_, Target::Port(_, service, ..)) if !self.has(service) => Vec::new(),
            (Party::Service(_, service), _) if !self.has(service) => Vec::new(),
            (Party::Zone(zone, _), _) => {
                let members = self.services().filter(|(_, service)| service.zone == *zone);
                members.map(|(name, service)| link(Party::Service(name, service))).collect()
            }
            _ => vec![link(from)],
        }
    }

    fn monitoring_links(&self) -> Vec<Link<'a>> {
        let Some(monitoring) = &self.deployment.monitoring else { return Vec::new() };
        let here = ModelPath::root().key("monitoring");
        let mut links = Vec::new();
        let mut told = Vec::new();
        let mut link = |origin: ModelPath, from: &ServiceName, to: &ServiceName, port: Option<&PortName>| {
            let from = self.service(from).map(|(name, service)| Party::Service(name, service));
            let to = self.service(to).and_then(|(name, service)| {
                let (port, mapping) = match port {
                    Some(port) => service.ports.get_key_value(port)?,
                    None => service.ports.first()?,
                };
                Some(Target::Port(name, service, port, *mapping))
            });
            links.extend(self.expand(&origin, from.zip(to)));
        };
        for (name, service) in &self.deployment.services {
            if let Some(metrics) = service.metrics.as_ref().filter(|_| *name != monitoring.prometheus) {
                let origin = ModelPath::root().key("services").key(name).key("metrics");
                link(origin, &monitoring.prometheus, name, Some(&metrics.port));
            }
        }
        if let Some(alertmanager) = &monitoring.alertmanager {
            link(here.key("alertmanager"), &monitoring.prometheus, alertmanager, None);
        }
        if let Some((name, service)) = monitoring.alertmanager.as_ref().and_then(|name| self.service(name)) {
            for (key, receiver) in monitoring.receivers() {
                let to = resolve::receiver(self.deployment, receiver);
                let ends = Some(Party::Service(name, service)).zip(to);
                told.extend(self.expand(&here.key(key), ends));
            }
        }
        if let Some(grafana) = &monitoring.grafana {
            link(here.key("grafana"), grafana, &monitoring.prometheus, None);
        }
        if let Some(prober) = &monitoring.prober {
            link(here.key("prober"), &monitoring.prometheus, prober, None);
            for (name, _, port, _) in probed(self) {
                let origin = ModelPath::root().key("services").key(name).key("health");
                link(origin, prober, name, Some(port));
            }
        }
        links.extend(told);
        links
    }

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

/// The first address in the Compose network that a container gets, counted from the network's own.
pub const FIRST_ADDRESS: u32 = 10;
