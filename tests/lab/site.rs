//! A deployment on machines that are none: built, tried and taken down.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs, io,
    net::{Ipv4Addr, Ipv6Addr},
    path::Path,
};

use omni::{
    Checked, Facts,
    model::{
        names::HostName,
        policy::Seat,
        reach::{Destination, Source, World},
        scenario::Publication,
    },
};

use omni_testbed::{Docker, Space, System};

use crate::{docker, knock, kube, probes::Outcome};

/// Everything that stands while a deployment is tried.
pub(crate) struct Site<'a> {
    pub(crate) machines: BTreeMap<&'a HostName, Space>,
    lan: Space,
    engines: Vec<Docker>,
    pub(crate) containers: BTreeMap<String, Space>,
    pub(crate) pods: BTreeMap<String, kube::Pod>,
    /// The host of each service.
    pub(crate) hosts: BTreeMap<String, String>,
    /// Who is outside, by address.
    pub(crate) outside: BTreeMap<Ipv4Addr, Space>,
}

/// Emits, builds, tries, compares.
pub(crate) fn try_all<'a>(
    checked: &'a Checked,
    scenario: &Facts<'a>,
    world: &World<'a>,
    folder: &Path,
    system: &System,
) -> io::Result<Outcome> {
    let out = folder.join("out");
    omni_testbed::write(checked, &out)?;
    let mut site = Site::build(scenario, world, &out.join(scenario.option().as_str()), folder, system)?;
    site.listen(scenario, world)?;
    let probes = site.probes(scenario, world);
    let outcome = site.compare(&probes)?;
    drop(site);
    fs::remove_dir_all(folder)?;
    Ok(outcome)
}

impl<'a> Site<'a> {
    fn build(
        scenario: &Facts<'a>,
        world: &World<'a>,
        bundle: &Path,
        folder: &Path,
        system: &System,
    ) -> io::Result<Self> {
        let deployment = scenario.deployment();
        // A machine runs this program too.
        let own = env::current_exe()?;
        let shares = [Path::new(crate::FOLDER), own.parent().ok_or(io::ErrorKind::NotFound)?];
        let mut site = Site {
            machines: BTreeMap::new(),
            lan: Space::new("lan")?,
            engines: Vec::new(),
            containers: BTreeMap::new(),
            pods: BTreeMap::new(),
            hosts: scenario
                .services()
                .filter_map(|(name, service)| Some((name.to_string(), scenario.host(service)?.0.to_string())))
                .collect(),
            outside: BTreeMap::new(),
        };
        site.lan.run("ip link add lan0 type bridge && ip link set lan0 up")?;
        for (number, (name, host)) in deployment.hosts.iter().enumerate() {
            let machine = Space::machine(name.as_str())?;
            let folder = folder.join(name.as_str());
            machine.own_root(system, &folder, &shares)?;
            let (lan, prefix) = (&host.lan.interface, host.lan.cidr.net().prefix_len());
            plug(&site.lan, &machine, &format!("host{number}"), lan.as_str())?;
            machine.run(&format!(
                "ip addr add {}/{prefix} dev {lan} && ip -6 addr add {}/64 dev {lan} nodad && ip link set {lan} up",
                host.address,
                ipv6(host.address),
            ))?;
            let firewall = bundle.join(scenario.host_folder(name)).join("firewall/ufw.sh");
            machine.run(&format!("bash {} >/dev/null", firewall.display()))?;
            let containers = scenario
                .services()
                .filter(|(name, service)| matches!(scenario.seat(name, service), Some(Seat::Container(_))));
            let here_too = |service| scenario.host(service).is_some_and(|(host, _)| host == name);
            if containers.into_iter().any(|(_, service)| here_too(service)) {
                let docker = docker::start(&machine, &folder.join("docker"))?;
                let compose = bundle.join(scenario.host_folder(name)).join("compose");
                let variables: String =
                    deployment.secrets.keys().map(|name| format!("{name}=lab\n")).collect();
                fs::write(compose.join("lab.env"), variables)?;
                docker::up(&docker, &compose, &tops(&compose)?)?;
                for (name, pid) in docker.containers()? {
                    let space = Space::of(&name, pid);
                    site.containers.insert(name, space);
                }
                site.engines.push(docker);
            }
            site.machines.insert(name, machine);
        }
        if let Some(cluster) = deployment.cluster.as_ref().filter(|_| scenario.has_kubernetes()) {
            let machine = site.machines.get(&cluster.host).ok_or(io::ErrorKind::NotFound)?;
            let (pods, services) = (cluster.pod_cidr.to_string(), cluster.service_cidr.to_string());
            let pods = kube::start(machine, &bundle.join("k8s"), &pods, &services)?;
            site.pods = pods.into_iter().map(|pod| (pod.service.clone(), pod)).collect();
        }
        site.people(scenario, world)?;
        Ok(site)
    }

    /// Who is outside: in the LAN with an address of it; on the internet behind a router of its own.
    fn people(&mut self, scenario: &Facts<'a>, world: &World<'a>) -> io::Result<()> {
        let deployment = scenario.deployment();
        let attempts = |from: Source<'a>| {
            let all = world.destinations().into_iter().flat_map(move |to| world.verdicts(from, to));
            all.filter_map(|verdict| verdict.attempt.source).collect::<BTreeSet<_>>()
        };
        let Some(host) = deployment.hosts.values().next() else { return Ok(()) };
        let (lan, prefix) = (host.lan.cidr.net(), host.lan.cidr.net().prefix_len());
        let insiders: BTreeSet<_> =
            attempts(Source::Lan).into_iter().chain(attempts(Source::Operator)).collect();
        let mut outsiders = attempts(Source::Internet);
        outsiders.insert(Ipv4Addr::new(198, 51, 100, 1));
        let taken: BTreeSet<_> =
            insiders.iter().copied().chain(deployment.hosts.values().map(|host| host.address)).collect();
        let mut free =
            lan.hosts().filter(|address| !taken.contains(address)).collect::<Vec<_>>().into_iter().rev();
        for (number, address) in insiders.iter().chain(&outsiders).enumerate() {
            let space = Space::new(&address.to_string())?;
            plug(&self.lan, &space, &format!("out{number}"), "eth0")?;
            if insiders.contains(address) {
                space.run(&format!(
                    "ip addr add {address}/{prefix} dev eth0 && ip -6 addr add {}/64 dev eth0 nodad && ip link set eth0 up",
                    ipv6(*address)
                ))?;
                // What it sends to 127.0.0.1 leaves it, and what comes from there is heard.
                space
                    .run("ip addr del 127.0.0.1/8 dev lo && sysctl -qw net.ipv4.conf.all.route_localnet=1")?;
                for (number, (name, host)) in deployment.hosts.iter().enumerate() {
                    self.routes(scenario, name, host.address, 100 + number, &space)?;
                }
            } else {
                let router = free.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
                let (router6, address6) = (ipv6(router), ipv6(*address));
                // An address that the kernel still looks for duplicates of, on `lo` for a moment as well, is no source of a route.
                space.run(&format!(
                    "ip addr add {router}/{prefix} dev eth0 && ip addr add {address}/32 dev lo
                     ip -6 addr add {router6}/64 dev eth0 nodad && ip -6 addr add {address6}/128 dev lo nodad
                     ip link set eth0 up
                     ip route replace {lan} dev eth0 src {address}"
                ))?;
                for (machine, host) in self.machines.values().zip(deployment.hosts.values()) {
                    let interface = &host.lan.interface;
                    machine.run(&format!(
                        "ip route add {address}/32 via {router} dev {interface}
                         ip -6 route add {address6}/128 via {router6} dev {interface}"
                    ))?;
                    let there = ipv6(host.address);
                    space.run(&format!("ip -6 route add {there}/128 dev eth0 src {address6}"))?;
                }
            }
            self.outside.insert(*address, space);
        }
        Ok(())
    }

    /// Somebody in the LAN may take a host for the router to its containers and pods, and to what it publishes on loopback
    /// (<https://github.com/moby/moby/issues/45610>): which host that is, the port says.
    fn routes(
        &self,
        scenario: &Facts<'a>,
        host: &HostName,
        via: Ipv4Addr,
        table: usize,
        space: &Space,
    ) -> io::Result<()> {
        space.run(&format!("ip route add 127.0.0.1 via {via} dev eth0 table {table}"))?;
        for (name, service) in scenario.services() {
            if scenario.host(service).is_none_or(|(name, _)| name != host) {
                continue;
            }
            for published in scenario.publications(name).iter().filter(|it| it.address.is_loopback()) {
                let Publication { protocol, published, .. } = published;
                space.run(&format!(
                    "ip rule add to 127.0.0.1 ipproto {protocol} dport {published} table {table}"
                ))?;
            }
            let address = match scenario.seat(name, service) {
                Some(Seat::Container(address)) => address.to_string(),
                Some(Seat::Pod) => match self.pods.get(name.as_str()) {
                    Some(pod) => pod.address.clone(),
                    None => continue,
                },
                _ => continue,
            };
            space.run(&format!("ip route add {address}/32 via {via}"))?;
        }
        Ok(())
    }

    /// Somebody listens on each port, and says whose it is.
    fn listen(&mut self, scenario: &Facts<'a>, world: &World<'a>) -> io::Result<()> {
        let mut machines: BTreeMap<&HostName, Vec<String>> = BTreeMap::new();
        let mut others: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut internet = Vec::new();
        for to in world.destinations() {
            match to {
                Destination::Service(name, service, _, mapping) => {
                    let port = format!("{}:{}:{to}", mapping.protocol, mapping.target);
                    match (scenario.seat(name, service), scenario.host(service)) {
                        (Some(Seat::Host), Some((host, _))) => machines.entry(host).or_default().push(port),
                        _ => others.entry(name.as_str()).or_default().push(port),
                    }
                }
                Destination::Host(name, _, port) => {
                    machines.entry(name).or_default().push(format!("tcp:{}:{to}", port.port()));
                }
                Destination::Internet(port) => internet.push(format!("tcp:{port}:{to}")),
                Destination::Machine(address, port) => {
                    let nobody = || io::Error::other(format!("nobody stands at {address}"));
                    let space = self.outside.get_mut(&address).ok_or_else(nobody)?;
                    knock::listen_in(space, &[format!("tcp:{port}:{to}")])?;
                }
            }
        }
        for (host, ports) in machines {
            self.machines.get_mut(host).map_or(Ok(()), |machine| knock::listen_in(machine, &ports))?;
        }
        for (name, ports) in others {
            match (self.containers.get_mut(name), self.pods.get_mut(name)) {
                (Some(container), _) => knock::listen_in(container, &ports)?,
                (None, Some(pod)) => knock::listen_in(&mut pod.space, &ports)?,
                (None, None) => return Err(io::Error::other(format!("`{name}` does not run"))),
            }
        }
        let elsewhere = Ipv4Addr::new(198, 51, 100, 1);
        self.outside.get_mut(&elsewhere).map_or(Ok(()), |space| knock::listen_in(space, &internet))
    }
}

/// The engines need their machines to stop what they started.
impl Drop for Site<'_> {
    fn drop(&mut self) {
        self.containers.clear();
        self.engines.clear();
    }
}

/// Connects a namespace to the LAN.
fn plug(lan: &Space, space: &Space, port: &str, interface: &str) -> io::Result<()> {
    let pid = space.pid();
    let peer = format!("ip link add {port} type veth peer name {interface} netns {pid}");
    lan.run(&format!("{peer} && ip link set {port} master lan0 up")).map(drop)
}

/// The IPv6 address of somebody who has this one. The LAN is a /64; whoever is beyond it is in 2001:db8::/32 (RFC 3849).
pub(crate) fn ipv6(address: Ipv4Addr) -> Ipv6Addr {
    let [a, b, c, d] = address.octets().map(u16::from);
    if a == 192 {
        Ipv6Addr::new(0xfd00, 0, 0, c, 0, 0, 0, d)
    } else {
        Ipv6Addr::new(0x2001, 0xdb8, a, b, 0, 0, c, d)
    }
}

/// The Compose files that no other includes.
fn tops(compose: &Path) -> io::Result<Vec<String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(compose)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with("-stack.yaml") {
            let text = fs::read_to_string(compose.join(&name))?;
            files.insert(name, text);
        }
    }
    let included =
        |name: &str| files.values().any(|text| text.lines().any(|line| line == format!("- {name}")));
    Ok(files.keys().filter(|name| !included(name)).cloned().collect())
}
