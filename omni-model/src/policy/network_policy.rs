//! NetworkPolicies: which connections pods may open and accept. Policies are additive: once any policy governs a pod's ingress or
//! egress, only connections that some policy allows pass. Policies do not apply to pods on the host's network, nor to what the
//! node itself sends to a pod, such as the kubelet's probes.
//! <https://kubernetes.io/docs/concepts/services-networking/network-policies/>

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Origin, OriginKind, Seat, outside};
use crate::{
    Scenario,
    deployment::{AuthoredPolicy, PortMapping},
    names::{Cidr, LabelText, NamespaceName, PolicyName, ServiceName, ZoneName},
    path::ModelPath,
    resolve::{self, Party, Target},
    scenario::Runtime,
    units::{Port, Protocol},
};

/// A NetworkPolicy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: NamespaceName,
    /// The pods of its namespace that it governs.
    pub pods: PodSelector,
    /// What may reach them. `None` means that it does not govern ingress.
    pub ingress: Option<Vec<PolicyRule>>,
    /// What they may reach. `None` means that it does not govern egress.
    pub egress: Option<Vec<PolicyRule>>,
    /// The reasons for it.
    pub origins: Vec<Origin>,
}

/// Which pods of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PodSelector {
    /// All of them.
    All,
    /// Those with these labels.
    Labels(IndexMap<LabelText, LabelText>),
    /// Those of one service.
    Service(ServiceName),
}

/// A rule of a policy: peers and ports that it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRule {
    /// The other ends of the connections.
    pub peers: Peers,
    /// The destination ports.
    pub ports: Vec<(Port, Protocol)>,
    /// The reasons for it.
    pub origins: Vec<Origin>,
}

/// The other ends of the connections that a rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peers {
    /// All addresses of a network, except those of the listed parts.
    Network(Cidr, Vec<Cidr>),
    /// The pods of a service.
    Service(NamespaceName, ServiceName),
    /// The cluster's DNS server.
    Dns,
}

impl<'a> Scenario<'a> {
    /// The NetworkPolicies. Each namespace has one that denies everything, one that allows DNS, the author's, and for each service
    /// one that allows what its flows need.
    pub fn network_policies(&self) -> Vec<NetworkPolicy> {
        let mut policies = Vec::new();
        let mut needs = self.needs();
        for zone in self.kubernetes_zones() {
            let Some(namespace) = self.namespace(zone) else { continue };
            policies.push(default_deny(namespace.clone()));
            policies.push(dns(namespace.clone()));
            policies.extend(self.authored(zone, &namespace));
            let pods = self.run_by(Runtime::Kubernetes).filter(|(_, service)| service.zone == *zone);
            policies
                .extend(pods.filter_map(|(name, _)| Some(of_service(&namespace, name, needs.remove(name)?))));
        }
        policies
    }

    /// The author's policies for a zone.
    fn authored(&self, zone: &ZoneName, namespace: &NamespaceName) -> Vec<NetworkPolicy> {
        let deployment = self.deployment();
        let pods = match deployment.zones.get(zone).map(|zone| &zone.labels) {
            Some(labels) if !labels.is_empty() => PodSelector::Labels(labels.clone()),
            _ => PodSelector::All,
        };
        let policy = |(name, policy): (&PolicyName, &AuthoredPolicy)| {
            let path = ModelPath::root().key("network_policies").key(name);
            let origin = |path, purpose| Origin { kind: OriginKind::Authored, path, purpose };
            let mut egress = Vec::new();
            for (i, peer) in policy.egress.iter().enumerate() {
                let origin = origin(path.key("egress").index(i), peer.to_string());
                let target = resolve::target(deployment, peer).filter(|target| self.exists(*target));
                self.allow_to(target, &origin, &mut egress);
            }
            let purpose = policy.description.as_ref().map_or_else(|| name.to_string(), ToString::to_string);
            NetworkPolicy {
                name: name.to_string(),
                namespace: namespace.clone(),
                pods: pods.clone(),
                ingress: None,
                egress: Some(egress),
                origins: vec![origin(path, purpose)],
            }
        };
        deployment.network_policies.iter().filter(|(_, policy)| policy.zone == *zone).map(policy).collect()
    }

    fn exists(&self, target: Target<'_>) -> bool {
        !matches!(target, Target::Port(name, ..) if self.service(name).is_none())
    }

    /// The ingress and egress that the flows of each pod need.
    fn needs(&self) -> HashMap<&'a ServiceName, Needs> {
        let mut needs: HashMap<_, Needs> = HashMap::new();
        for link in self.links() {
            let origin = Origin::flow(link);
            let pod = |name, service| self.seat(name, service) == Some(Seat::Pod);
            if let Party::Service(name, service) = link.from
                && pod(name, service)
            {
                self.allow_to(Some(link.to), &origin, &mut needs.entry(name).or_default().egress);
            }
            if let Target::Port(name, service, _, PortMapping { target, protocol, .. }) = link.to
                && let Party::Service(from, sender) = link.from
                && pod(name, service)
                && pod(from, sender)
                && let Some(namespace) = self.namespace(&sender.zone)
            {
                let ingress = &mut needs.entry(name).or_default().ingress;
                allow(ingress, Peers::Service(namespace, from.clone()), (target, protocol), &origin);
            }
        }
        needs
    }

    /// Allows a pod to reach a target. Kubernetes does not define whether a policy sees a published port or the container's own
    /// port behind it, so that both are allowed.
    fn allow_to(&self, target: Option<Target<'_>>, origin: &Origin, rules: &mut Vec<PolicyRule>) {
        let Some(target) = target else { return };
        if let Some((address, port)) = outside(target) {
            let peers = match address {
                Some(address) => Peers::Network(Cidr::of(address), Vec::new()),
                None => Peers::Network(Cidr::everywhere(), self.not_internet()),
            };
            return allow(rules, peers, (port, Protocol::Tcp), origin);
        }
        let Target::Port(name, service, _, mapping) = target else { return };
        let (Some((_, host)), Some(seat)) = (self.host(service), self.seat(name, service)) else { return };
        let own = (mapping.target, mapping.protocol);
        let address = |address| Peers::Network(Cidr::of(address), Vec::new());
        match seat {
            Seat::Host => allow(rules, address(host.address), own, origin),
            Seat::Container(container) => {
                allow(rules, address(host.address), (mapping.published, mapping.protocol), origin);
                allow(rules, address(container), own, origin);
            }
            Seat::Pod => {
                if let Some(namespace) = self.namespace(&service.zone) {
                    allow(rules, Peers::Service(namespace, name.clone()), own, origin);
                }
            }
        }
    }
}

/// The ingress and egress that the flows of a pod need.
#[derive(Default)]
struct Needs {
    ingress: Vec<PolicyRule>,
    egress: Vec<PolicyRule>,
}

fn of_service(namespace: &NamespaceName, name: &ServiceName, needs: Needs) -> NetworkPolicy {
    let rules = needs.ingress.iter().chain(&needs.egress);
    NetworkPolicy {
        name: name.to_string(),
        namespace: namespace.clone(),
        pods: PodSelector::Service(name.clone()),
        origins: rules.flat_map(|rule| rule.origins.clone()).collect(),
        ingress: Some(needs.ingress).filter(|rules| !rules.is_empty()),
        egress: Some(needs.egress).filter(|rules| !rules.is_empty()),
    }
}

/// Allows a port for these peers.
fn allow(rules: &mut Vec<PolicyRule>, peers: Peers, port: (Port, Protocol), origin: &Origin) {
    let Some(rule) = rules.iter_mut().find(|rule| rule.peers == peers) else {
        return rules.push(PolicyRule { peers, ports: vec![port], origins: vec![origin.clone()] });
    };
    if !rule.ports.contains(&port) {
        rule.ports.push(port);
    }
    rule.origins.push(origin.clone());
}

fn default_deny(namespace: NamespaceName) -> NetworkPolicy {
    NetworkPolicy {
        name: "default-deny".to_owned(),
        namespace,
        pods: PodSelector::All,
        ingress: Some(Vec::new()),
        egress: Some(Vec::new()),
        origins: vec![Origin::default("deny everything that no other policy allows")],
    }
}

fn dns(namespace: NamespaceName) -> NetworkPolicy {
    let origin = Origin {
        kind: OriginKind::Needed,
        path: ModelPath::root().key("cluster"),
        purpose: "allow DNS lookups".to_owned(),
    };
    let ports = vec![(Port::DNS, Protocol::Udp), (Port::DNS, Protocol::Tcp)];
    NetworkPolicy {
        name: "allow-dns".to_owned(),
        namespace,
        pods: PodSelector::All,
        ingress: None,
        egress: Some(vec![PolicyRule { peers: Peers::Dns, ports, origins: vec![origin.clone()] }]),
        origins: vec![origin],
    }
}
