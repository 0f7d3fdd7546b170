//! NVIDIA's device plugin, by which pods get GPUs. The fields are those of its own static manifest, and on k3s its pod itself needs
//! the runtime class `nvidia`: <https://github.com/NVIDIA/k8s-device-plugin>, <https://docs.k3s.io/advanced>.

use std::collections::BTreeMap;

use askama::Template;
use k8s_openapi::{
    api::{apps::v1 as apps, core::v1 as core},
    apimachinery::pkg::{
        api::resource::Quantity,
        apis::meta::v1::{LabelSelector, ObjectMeta},
    },
};
use omni_model::{
    Facts,
    deployment::{Cluster, Host},
};

use super::{
    cluster::ApplyFiles,
    labels::{NAME, common, labels, metadata},
    leftovers::delete,
};
use crate::{
    artifact::Artifact,
    checks,
    header::Header,
    k3s,
    step::{Check, Family, Script, Step},
    yaml::{Document, to_yaml_documents},
};

const FILE: &str = "k8s/nvidia-device-plugin.yaml";
const PLUGIN: &str = "nvidia-device-plugin";
const SOCKETS: &str = "/var/lib/kubelet/device-plugins";

/// What the plugin asks for, and its memory limit; NVIDIA's manifest has neither. The limit is only there for a leak and leaves much room,
/// because no pod gets a GPU without the plugin.
const MEMORY: (&str, &str) = ("64Mi", "512Mi");
const PROCESSORS: &str = "50m";

#[derive(Template)]
#[template(path = "kubernetes/verify-gpus.sh")]
struct VerifyGpus {
    count: usize,
}

/// Installs the plugin, if the cluster has one and its host has GPUs.
pub(super) fn step(facts: &Facts<'_>, cluster: &Cluster) -> Option<Step> {
    let plugin = cluster.device_plugin.as_ref()?;
    let host = host(facts, cluster)?;
    let manifest = Document::new(&daemon_set(facts, plugin.image.as_str()));
    let yaml = to_yaml_documents(&Header::of(facts.deployment()), &[manifest]);
    let files = [FILE.to_owned()];
    let count = host.gpus.len();
    let allocatable = Check {
        name: "gpus-allocatable".to_owned(),
        title: "GPUs for pods".to_owned(),
        expected: format!("the node has {count} nvidia.com/gpu"),
        after: Some("k3s-node".to_owned()),
        script: Script::new(&VerifyGpus { count }),
    };
    Some(Step {
        family: Family::Kubernetes,
        host: cluster.host.clone(),
        phase: "2.2",
        name: "device-plugin",
        title: "NVIDIA device plugin".to_owned(),
        targets: "namespace kube-system".to_owned(),
        follows: &["k3s", "namespaces"],
        reboot: false,
        touches_data: false,
        artifacts: vec![Artifact::new(FILE, yaml)],
        remember: Script::default(),
        apply: Script::new(&ApplyFiles { files: &files }),
        verify: checks::gpus(facts, &cluster.host, host).into_iter().chain([allocatable]).collect(),
        rollback: delete(facts, "daemonsets"),
    })
}

/// The host that has GPUs for pods.
fn host<'a>(facts: &Facts<'a>, cluster: &Cluster) -> Option<&'a Host> {
    facts.deployment().hosts.get(&cluster.host).filter(|host| !host.gpus.is_empty())
}

/// Its pod where there is one, and its object: `KIND.NAMESPACE.NAME`.
pub(super) fn pod(facts: &Facts<'_>) -> Option<(String, core::PodSpec)> {
    let cluster = facts.deployment().cluster.as_ref().filter(|_| facts.has_kubernetes())?;
    let image = &cluster.device_plugin.as_ref()?.image;
    host(facts, cluster)?;
    let spec = daemon_set(facts, image.as_str()).spec?.template.spec?;
    Some((format!("DaemonSet.{}.{PLUGIN}", system()), spec))
}

fn daemon_set(facts: &Facts<'_>, image: &str) -> apps::DaemonSet {
    let selector = labels([(NAME, PLUGIN)]);
    let mut all = common(facts);
    all.extend(selector.clone());
    let volume = "device-plugins".to_owned();
    let container = core::Container {
        name: PLUGIN.to_owned(),
        image: Some(image.to_owned()),
        security_context: Some(core::SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(core::Capabilities { add: None, drop: Some(vec!["ALL".to_owned()]) }),
            ..core::SecurityContext::default()
        }),
        resources: Some(core::ResourceRequirements {
            requests: Some(quantities([("cpu", PROCESSORS), ("memory", MEMORY.0)])),
            limits: Some(quantities([("memory", MEMORY.1)])),
            claims: None,
        }),
        volume_mounts: Some(vec![core::VolumeMount {
            name: volume.clone(),
            mount_path: SOCKETS.to_owned(),
            ..core::VolumeMount::default()
        }]),
        ..core::Container::default()
    };
    apps::DaemonSet {
        metadata: metadata(PLUGIN, Some(&system()), all.clone()),
        spec: Some(apps::DaemonSetSpec {
            selector: LabelSelector { match_labels: Some(selector), match_expressions: None },
            template: core::PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(all), ..ObjectMeta::default() }),
                spec: Some(core::PodSpec {
                    // NVIDIA's manifest does not say so. The plugin asks nothing of the API: it talks to the kubelet through its socket.
                    automount_service_account_token: Some(false),
                    security_context: Some(core::PodSecurityContext {
                        seccomp_profile: Some(core::SeccompProfile {
                            type_: "RuntimeDefault".to_owned(),
                            localhost_profile: None,
                        }),
                        ..core::PodSecurityContext::default()
                    }),
                    runtime_class_name: Some(k3s::NVIDIA.to_owned()),
                    priority_class_name: Some("system-node-critical".to_owned()),
                    tolerations: Some(vec![core::Toleration {
                        key: Some("nvidia.com/gpu".to_owned()),
                        operator: Some("Exists".to_owned()),
                        effect: Some("NoSchedule".to_owned()),
                        ..core::Toleration::default()
                    }]),
                    containers: vec![container],
                    volumes: Some(vec![core::Volume {
                        name: volume,
                        host_path: Some(core::HostPathVolumeSource {
                            path: SOCKETS.to_owned(),
                            type_: Some("Directory".to_owned()),
                        }),
                        ..core::Volume::default()
                    }]),
                    ..core::PodSpec::default()
                }),
            },
            ..apps::DaemonSetSpec::default()
        }),
        status: None,
    }
}

fn quantities<const N: usize>(amounts: [(&str, &str); N]) -> BTreeMap<String, Quantity> {
    amounts.into_iter().map(|(what, amount)| (what.to_owned(), Quantity(amount.to_owned()))).collect()
}

fn system() -> omni_model::names::NamespaceName {
    #[expect(clippy::expect_used, reason = "the name is known to be one; a test emits it")]
    "kube-system".parse().expect("a namespace")
}
