//! Evaluates NetworkPolicies for a connection.

use std::{collections::HashMap, net::Ipv4Addr};

use indexmap::IndexMap;

use super::Line;
use crate::{
    names::{LabelText, NamespaceName, ServiceName},
    policy::{NetworkPolicy, Peers, PodSelector, PolicyRule},
    units::{Port, Protocol},
};

/// A pod, as policies see it.
#[derive(Clone, Debug)]
pub(super) struct Pod<'a> {
    /// The service of the pod. `None` for a pod that no policy names.
    pub(super) service: Option<&'a ServiceName>,
    pub(super) namespace: NamespaceName,
    pub(super) labels: &'a IndexMap<LabelText, LabelText>,
    /// One of the addresses that the pod may have.
    pub(super) address: Ipv4Addr,
}

/// The other end of a connection, as a policy sees it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Other<'p> {
    /// An address outside the cluster's pods.
    Address(Ipv4Addr),
    /// A pod.
    Pod(&'p Pod<'p>),
}

/// All policies, by namespace.
#[derive(Clone, Debug, Default)]
pub(super) struct Policies {
    all: Vec<NetworkPolicy>,
    by_namespace: HashMap<NamespaceName, Namespace>,
}

/// The policies of a namespace: those that name a single service, and the others.
#[derive(Clone, Debug, Default)]
struct Namespace {
    by_service: HashMap<ServiceName, Vec<usize>>,
    others: Vec<usize>,
}

/// The direction of a connection that a policy governs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Ingress,
    Egress,
}

impl Policies {
    pub(super) fn new(all: Vec<NetworkPolicy>) -> Self {
        let mut by_namespace: HashMap<_, Namespace> = HashMap::new();
        for (position, policy) in all.iter().enumerate() {
            let namespace = by_namespace.entry(policy.namespace.clone()).or_default();
            match &policy.pods {
                PodSelector::Service(name) => {
                    namespace.by_service.entry(name.clone()).or_default().push(position);
                }
                _ => namespace.others.push(position),
            }
        }
        Self { all, by_namespace }
    }

    pub(super) fn all(&self) -> &[NetworkPolicy] {
        &self.all
    }

    /// Returns whether the policies of a pod allow a connection, and the rules that decide: those that allow it or, if none
    /// does, the policies that govern the pod.
    pub(super) fn decide(
        &self,
        pod: &Pod<'_>,
        side: Side,
        other: Other<'_>,
        port: (Port, Protocol),
    ) -> (bool, Vec<Line<'_>>) {
        let (mut allowing, mut governing) = (Vec::new(), Vec::new());
        for policy in self.of(pod) {
            let rules = match side {
                Side::Ingress => &policy.ingress,
                Side::Egress => &policy.egress,
            };
            let Some(rules) = rules else { continue };
            governing.push(Line::Policy(policy, None));
            let allowed = rules.iter().filter(|rule| allows(rule, other, port));
            allowing.extend(allowed.map(|rule| Line::Policy(policy, Some(rule))));
        }
        if allowing.is_empty() { (governing.is_empty(), governing) } else { (true, allowing) }
    }

    /// Returns the policies that select a pod.
    fn of(&self, pod: &Pod<'_>) -> impl Iterator<Item = &NetworkPolicy> {
        self.others(pod).chain(self.own(pod))
    }

    /// Returns the policies that name the service of a pod.
    pub(super) fn own(&self, pod: &Pod<'_>) -> impl Iterator<Item = &NetworkPolicy> {
        let namespace = self.by_namespace.get(&pod.namespace);
        let own = pod.service.and_then(|name| namespace?.by_service.get(name));
        own.into_iter().flatten().filter_map(|position| self.all.get(*position))
    }

    /// Returns whether policies that do not name the pod's service already govern its egress.
    pub(super) fn is_isolated_with_others(&self, pod: &Pod<'_>) -> bool {
        let mut others = self.others(pod);
        others.any(|policy| policy.egress.is_some()) || self.own(pod).all(|policy| policy.egress.is_none())
    }

    /// Returns the policies that select a pod without naming its service.
    fn others(&self, pod: &Pod<'_>) -> impl Iterator<Item = &NetworkPolicy> {
        let others = self.by_namespace.get(&pod.namespace).map_or(&[][..], |namespace| &namespace.others);
        let selects = |policy: &&NetworkPolicy| match &policy.pods {
            PodSelector::Labels(labels) => {
                labels.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
            }
            PodSelector::All | PodSelector::Service(_) => true,
        };
        others.iter().filter_map(|position| self.all.get(*position)).filter(selects)
    }
}

fn allows(rule: &PolicyRule, other: Other<'_>, port: (Port, Protocol)) -> bool {
    let peer = match (&rule.peers, other) {
        (Peers::Network(network, except), other) => {
            let address = match other {
                Other::Address(address) => address,
                Other::Pod(pod) => pod.address,
            };
            network.contains(address) && !except.iter().any(|part| part.contains(address))
        }
        (Peers::Service(namespace, name), Other::Pod(pod)) => {
            pod.namespace == *namespace && pod.service == Some(name)
        }
        (Peers::Service(..), Other::Address(_)) | (Peers::Dns, _) => false,
    };
    peer && rule.ports.contains(&port)
}
