//! Every connection of a deployment, tried on its site and compared with what the prover says.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6},
};

use omni::{
    Facts,
    model::{
        reach::{Attempt, Destination, Source, World},
        units::Protocol,
    },
};
use omni_testbed::Space;

use crate::{
    knock, kube,
    site::{Site, ipv6},
};

/// What came of it.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) probes: usize,
    pub(crate) open: usize,
    pub(crate) wrong: Vec<String>,
}

/// One try: from where, to where, and whether the prover says that it comes about.
pub(crate) struct Probe {
    from: String,
    to: String,
    sender: Sender,
    protocol: String,
    target: SocketAddr,
    reaches: bool,
    explained: String,
}

/// Whose namespace the packets come from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Sender {
    Machine(String),
    Container(String),
    Pod(String),
    Outside(Ipv4Addr),
}

impl<'a> Site<'a> {
    /// Every source tries every way to every destination.
    pub(crate) fn probes(&self, scenario: &Facts<'a>, world: &World<'a>) -> Vec<Probe> {
        let mut probes = Vec::new();
        for from in world.sources() {
            for to in world.destinations() {
                for verdict in world.verdicts(from, to) {
                    let Some(sender) = self.sender(from, &verdict.attempt) else { continue };
                    let hops: Vec<_> =
                        verdict.hops.iter().map(|hop| format!("{} {}", hop.layer, hop.passes)).collect();
                    probes.push(Probe {
                        from: from.to_string(),
                        to: to.to_string(),
                        sender,
                        protocol: verdict.attempt.protocol.to_string(),
                        target: (self.address(to, &verdict.attempt), verdict.attempt.port.get()).into(),
                        reaches: verdict.reaches(),
                        explained: hops.join(", "),
                    });
                }
                probes.extend(self.by_ipv6(scenario, world, from, to));
            }
        }
        probes
    }

    /// Somebody outside knocks by IPv6 too, at what listens on the hosts themselves and at every published port; and a pod at
    /// its own host, over their bridge.
    fn by_ipv6(
        &self,
        scenario: &Facts<'a>,
        world: &World<'a>,
        from: Source<'a>,
        to: Destination<'a>,
    ) -> Vec<Probe> {
        let (host, ports): (_, Vec<_>) = match to {
            Destination::Host(name, host, port) => ((name, host), vec![(port.port(), Protocol::Tcp)]),
            Destination::Service(name, service, port, mapping) => {
                let Some(host) = scenario.host(service) else { return Vec::new() };
                let published = scenario.publications(name).into_iter().filter(|it| it.name == port);
                let published = published.map(|it| (it.published, it.protocol));
                let own = service.host_network.then_some((mapping.target, mapping.protocol));
                (host, published.chain(own).collect())
            }
            Destination::Internet(_) | Destination::Machine(..) => return Vec::new(),
        };
        let verdicts = world.verdicts(from, to).into_iter();
        let sources: BTreeSet<_> = verdicts.filter_map(|verdict| verdict.attempt.source).collect();
        let outside = sources.into_iter().map(|source| (Sender::Outside(source), ipv6(host.1.address), 0));
        let neighbour = match from {
            Source::Service(name, _) => self.pods.get(name.as_str()),
            _ => None,
        };
        let neighbour =
            neighbour.filter(|pod| self.hosts.get(&pod.service).is_some_and(|it| host.0.as_str() == it));
        let inside = neighbour.map(|pod| (Sender::Pod(pod.service.clone()), kube::NODE, pod.interface));
        // Who listens by UDP does not on addresses that are good on one link only.
        let answers = |interface: u32, protocol| interface == 0 || protocol == Protocol::Tcp;
        let probe = |(sender, address, interface): (Sender, Ipv6Addr, u32)| {
            let ports = ports.iter().filter(move |(_, protocol)| answers(interface, *protocol));
            ports.map(move |(port, protocol)| Probe {
                from: from.to_string(),
                to: to.to_string(),
                sender: sender.clone(),
                protocol: protocol.to_string(),
                target: SocketAddrV6::new(address, port.get(), 0, interface).into(),
                reaches: world.reaches_by_ipv6(from, to),
                explained: "by IPv6".to_owned(),
            })
        };
        outside.chain(inside).flat_map(probe).collect()
    }

    fn sender(&self, from: Source<'a>, attempt: &Attempt) -> Option<Sender> {
        match (from, attempt.source) {
            (_, Some(address)) => Some(Sender::Outside(address)),
            (Source::Host(name, _), None) => Some(Sender::Machine(name.to_string())),
            (Source::Service(name, _), None) => {
                let name = name.to_string();
                Some(match (self.pods.contains_key(&name), self.containers.contains_key(&name)) {
                    (true, _) => Sender::Pod(name),
                    (_, true) => Sender::Container(name),
                    _ => Sender::Machine(self.hosts.get(&name)?.clone()),
                })
            }
            _ => None,
        }
    }

    /// Where a packet goes: a pod's address is whatever it got.
    fn address(&self, to: Destination<'a>, attempt: &Attempt) -> Ipv4Addr {
        let pod = match to {
            Destination::Service(name, ..) => self.pods.get(name.as_str()),
            _ => None,
        };
        pod.and_then(|pod| pod.address.parse().ok()).unwrap_or(attempt.address)
    }

    pub(crate) fn compare(&self, probes: &[Probe]) -> io::Result<Outcome> {
        let mut answers = self.knock(probes, &(0..probes.len()).collect::<Vec<_>>())?;
        let missing = |answers: &BTreeMap<usize, String>| -> Vec<usize> {
            let all = probes.iter().enumerate();
            let missing = all.filter(|(id, probe)| probe.reaches && answers.get(id) != Some(&probe.to));
            missing.map(|(id, _)| id).collect()
        };
        // A packet that gets through may be late on a busy machine; one that does not will not by waiting.
        for _ in 0..3 {
            let missing = missing(&answers);
            if missing.is_empty() {
                break;
            }
            answers.extend(self.knock(probes, &missing)?);
        }
        let mut outcome = Outcome { probes: probes.len(), ..Outcome::default() };
        for (id, probe) in probes.iter().enumerate() {
            let open = answers.get(&id) == Some(&probe.to);
            outcome.open += usize::from(open);
            if open != probe.reaches {
                let (foreseen, seen) = if open { ("closed", "open") } else { ("open", "closed") };
                let Probe { from, to, target, protocol, explained, .. } = probe;
                outcome.wrong.push(format!(
                    "{from} -> {to} at {target}/{protocol} is {seen}, and was foreseen {foreseen}: {explained}"
                ));
            }
        }
        Ok(outcome)
    }

    /// All senders knock at once; gives the names of who answered.
    fn knock(&self, probes: &[Probe], ids: &[usize]) -> io::Result<BTreeMap<usize, String>> {
        let mut lines: BTreeMap<&Sender, Vec<String>> = BTreeMap::new();
        for id in ids {
            let Some(Probe { sender, protocol, target, .. }) = probes.get(*id) else { continue };
            lines.entry(sender).or_default().push(format!("{id} {protocol} {target}"));
        }
        let mut knocking = Vec::new();
        for (sender, lines) in lines {
            let space = self.space(sender).ok_or(io::ErrorKind::NotFound)?;
            knocking.push(knock::knock_from(space, &lines)?);
        }
        let mut answers = BTreeMap::new();
        for child in knocking {
            let output = child.wait_with_output()?;
            for line in String::from_utf8_lossy(&output.stdout).lines() {
                if let Some((id, name)) = line.split_once(' ') {
                    answers.insert(id.parse().map_err(io::Error::other)?, name.to_owned());
                }
            }
        }
        Ok(answers)
    }

    fn space(&self, sender: &Sender) -> Option<&Space> {
        match sender {
            Sender::Machine(name) => {
                self.machines.iter().find(|(host, _)| host.as_str() == name).map(|(_, space)| space)
            }
            Sender::Container(name) => self.containers.get(name),
            Sender::Pod(name) => self.pods.get(name).map(|pod| &pod.space),
            Sender::Outside(address) => self.outside.get(address),
        }
    }
}
