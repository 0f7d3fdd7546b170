//! What pods need of the cluster before they come: namespaces, and what runs them.

use askama::Template;
use k8s_openapi::api::{core::v1 as core, node::v1 as node, scheduling::v1 as scheduling};
use omni_model::{Facts, deployment::Service, names::HostName};

use super::{
    labels::{common, labels, metadata, ours},
    workload::ZoneOfPods,
};
use crate::{
    artifact::Artifact,
    header::Header,
    k3s,
    step::{Check, Family, Script, Step},
    yaml::{Document, to_yaml_documents},
};

const NAMESPACES: &str = "k8s/namespaces.yaml";
const RUNTIME_CLASSES: &str = "k8s/runtime-classes.yaml";
const PRIORITY_CLASSES: &str = "k8s/priority-classes.yaml";

/// How much sooner the pods of a model get their place than those without a class, whose priority is 0. What Kubernetes itself runs has
/// more: <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>
const PRIORITY: i32 = 1_000_000;

#[derive(Template)]
#[template(path = "kubernetes/apply-files.sh")]
pub(super) struct ApplyFiles<'a> {
    pub(super) files: &'a [String],
}

#[derive(Template)]
#[template(path = "kubernetes/remember-namespaces.sh")]
struct Remember<'a> {
    namespaces: &'a [(String, &'static str)],
}

#[derive(Template)]
#[template(path = "kubernetes/rollback-namespaces.sh")]
struct Rollback {
    selector: String,
}

#[derive(Template)]
#[template(path = "kubernetes/verify-namespaces.sh")]
struct VerifyNamespaces<'a> {
    namespaces: &'a [(String, &'static str)],
}

/// The namespaces of the zones, with the level of Pod Security that each enforces, and gVisor's runtime class.
pub(super) fn step(facts: &Facts<'_>, host: &HostName, zones: &[ZoneOfPods<'_>]) -> Step {
    let header = Header::of(facts.deployment());
    let namespaces: Vec<_> =
        zones.iter().map(|zone| (zone.namespace.to_string(), level(facts, zone))).collect();
    let manifests: Vec<_> =
        namespaces.iter().map(|(name, level)| Document::new(&namespace(facts, name, level))).collect();
    let mut artifacts = vec![Artifact::new(NAMESPACES, to_yaml_documents(&header, &manifests))];
    // k3s brings NVIDIA's class itself.
    if k3s::needs_gvisor(facts) {
        let class = node::RuntimeClass {
            metadata: metadata(k3s::GVISOR, None, common(facts)),
            handler: k3s::GVISOR.to_owned(),
            ..node::RuntimeClass::default()
        };
        artifacts.push(Artifact::new(RUNTIME_CLASSES, to_yaml_documents(&header, &[Document::new(&class)])));
    }
    if zones.iter().flat_map(|zone| &zone.services).any(|(_, service)| keeps_a_model(service)) {
        let class = scheduling::PriorityClass {
            metadata: metadata(&priority_class(facts), None, common(facts)),
            value: PRIORITY,
            description: Some("Models: they load for long, and everything else waits for them".to_owned()),
            ..scheduling::PriorityClass::default()
        };
        artifacts.push(Artifact::new(PRIORITY_CLASSES, to_yaml_documents(&header, &[Document::new(&class)])));
    }
    let files: Vec<_> = artifacts.iter().map(|artifact| artifact.path.clone()).collect();
    Step {
        family: Family::Kubernetes,
        host: host.clone(),
        phase: "2.1",
        name: "namespaces",
        title: "Namespaces, runtime classes and priority classes".to_owned(),
        targets: "the cluster".to_owned(),
        follows: &["k3s"],
        reboot: false,
        touches_data: false,
        artifacts,
        remember: Script::new(&Remember { namespaces: &namespaces }),
        apply: Script::new(&ApplyFiles { files: &files }),
        verify: vec![Check {
            name: "namespaces".to_owned(),
            title: "Namespaces".to_owned(),
            expected: namespaces
                .iter()
                .map(|(name, level)| format!("{name} enforces {level}"))
                .collect::<Vec<_>>()
                .join(", "),
            after: Some("k3s-node".to_owned()),
            script: Script::new(&VerifyNamespaces { namespaces: &namespaces }),
        }],
        rollback: Script::new(&Rollback { selector: ours(facts) }),
    }
}

/// Whether a service keeps what it computes with in memory: its pod is the last that should make way for another.
pub(super) fn keeps_a_model(service: &Service) -> bool {
    !service.memory.is_empty()
}

/// The class of the pods that keep a model. It belongs to the whole cluster, so that the deployment's name is in it.
pub(super) fn priority_class(facts: &Facts<'_>) -> String {
    format!("{}-model", facts.deployment().name)
}

fn level(facts: &Facts<'_>, zone: &ZoneOfPods<'_>) -> &'static str {
    let zone = facts.deployment().zones.get(zone.zone);
    zone.map(|zone| zone.pod_security).unwrap_or_default().as_str()
}

/// <https://kubernetes.io/docs/concepts/security/pod-security-admission/>
fn namespace(facts: &Facts<'_>, name: &str, level: &str) -> core::Namespace {
    let mut all = common(facts);
    let modes = ["enforce", "warn", "audit"].map(|mode| format!("pod-security.kubernetes.io/{mode}"));
    all.extend(labels(modes.iter().map(|mode| (mode.as_str(), level))));
    core::Namespace { metadata: metadata(name, None, all), ..core::Namespace::default() }
}
