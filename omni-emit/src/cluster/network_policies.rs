//! `k8s/network-policies.yaml`. k3s enforces it with kube-router, which accepts traffic from the node to its pods, so that the kubelet's
//! probes need no rule. <https://docs.k3s.io/networking/networking-services#network-policy-controller>

use std::collections::BTreeMap;

use askama::Template;
use k8s_openapi::{
    api::networking::v1 as net,
    apimachinery::pkg::{
        apis::meta::v1::{LabelSelector, ObjectMeta},
        util::intstr::IntOrString,
    },
};
use omni_model::{
    Facts,
    policy::{NetworkPolicy, Peers, PodSelector, PolicyRule, purposes},
    units::{Port, Protocol},
};

use super::{
    delete,
    labels::{NAME, common},
};
use crate::{
    artifact::Artifact,
    header::Header,
    k3s,
    step::{Check, Script, Step, StepId},
    yaml::{Document, to_yaml_documents},
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("network-policies");

const FILE: &str = "k8s/network-policies.yaml";

/// The label that Kubernetes itself sets on a namespace.
const NAMESPACE: &str = "kubernetes.io/metadata.name";

pub(super) fn step(facts: &Facts<'_>) -> Option<Step> {
    let policies = facts.network_policies();
    let cluster = facts.deployment().cluster.as_ref().filter(|_| !policies.is_empty())?;
    let documents: Vec<_> = policies.iter().map(|policy| Document::new(&manifest(facts, policy))).collect();
    let yaml = to_yaml_documents(&Header::of(facts.deployment()), &documents);
    let check = Check::new(
        "network-policies",
        "NetworkPolicies",
        format!("exactly the declared policies ({})", policies.len()),
        Script::new(&Kubectl { words: "diff", file: FILE }),
    );
    Some(Step {
        host: cluster.host.clone(),
        id: STEP,
        title: "Network policies".to_owned(),
        targets: "NetworkPolicies of the pods' namespaces".to_owned(),
        follows: &[k3s::STEP, super::NAMESPACES],
        reboot: false,
        touches_data: false,
        artifacts: vec![Artifact::new(FILE, yaml)],
        remember: Script::default(),
        apply: Script::new(&Kubectl { words: "apply", file: FILE }),
        verify: vec![check],
        rollback: delete(facts, "networkpolicies"),
    })
}

#[derive(Template)]
#[template(ext = "sh", source = "k3s kubectl {{ words }} -f \"$bundle\"/{{ file }}")]
struct Kubectl {
    words: &'static str,
    file: &'static str,
}

fn manifest(facts: &Facts<'_>, policy: &NetworkPolicy) -> net::NetworkPolicy {
    let types = [("Ingress", policy.ingress.is_some()), ("Egress", policy.egress.is_some())];
    let types = types.into_iter().filter(|(_, governs)| *governs).map(|(name, _)| name.to_owned());
    let description = ("omni/purpose".to_owned(), purposes(&policy.origins));
    net::NetworkPolicy {
        metadata: ObjectMeta {
            name: Some(policy.name.clone()),
            namespace: Some(policy.namespace.to_string()),
            labels: Some(common(facts)),
            annotations: Some(BTreeMap::from([description])),
            ..ObjectMeta::default()
        },
        spec: Some(net::NetworkPolicySpec {
            pod_selector: Some(pods(&policy.pods)),
            policy_types: Some(types.collect()),
            ingress: rules(policy.ingress.as_deref(), |rule| net::NetworkPolicyIngressRule {
                from: Some(vec![peer(&rule.peers)]),
                ports: Some(ports(&rule.ports)),
            }),
            egress: rules(policy.egress.as_deref(), |rule| net::NetworkPolicyEgressRule {
                to: Some(vec![peer(&rule.peers)]),
                ports: Some(ports(&rule.ports)),
            }),
        }),
    }
}

fn rules<T>(rules: Option<&[PolicyRule]>, rule: impl Fn(&PolicyRule) -> T) -> Option<Vec<T>> {
    rules.filter(|rules| !rules.is_empty()).map(|rules| rules.iter().map(rule).collect())
}

fn ports(ports: &[(Port, Protocol)]) -> Vec<net::NetworkPolicyPort> {
    let port = |(port, protocol): &(Port, Protocol)| net::NetworkPolicyPort {
        port: Some(IntOrString::Int(port.get().into())),
        protocol: Some(protocol.to_string().to_uppercase()),
        end_port: None,
    };
    ports.iter().map(port).collect()
}

fn pods(selector: &PodSelector) -> LabelSelector {
    match selector {
        PodSelector::All => LabelSelector::default(),
        PodSelector::Labels(wanted) => {
            labels(wanted.iter().map(|(key, value)| (key.as_str(), value.as_str())))
        }
        PodSelector::Service(name) => labels([(NAME, name.as_str())]),
    }
}

fn labels<'a>(labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> LabelSelector {
    let labels = labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
    LabelSelector { match_labels: Some(labels.collect()), match_expressions: None }
}

fn peer(peers: &Peers) -> net::NetworkPolicyPeer {
    let pods = |namespace: &str, key, value| net::NetworkPolicyPeer {
        namespace_selector: Some(labels([(NAMESPACE, namespace)])),
        pod_selector: Some(labels([(key, value)])),
        ip_block: None,
    };
    match peers {
        Peers::Network(cidr, except) => net::NetworkPolicyPeer {
            ip_block: Some(net::IPBlock {
                cidr: cidr.to_string(),
                except: Some(except.iter().map(ToString::to_string).collect())
                    .filter(|all: &Vec<_>| !all.is_empty()),
            }),
            ..net::NetworkPolicyPeer::default()
        },
        Peers::Service(namespace, name) => pods(namespace.as_str(), NAME, name.as_str()),
        Peers::Dns => pods("kube-system", "k8s-app", "kube-dns"),
    }
}
