//! k3s, where an option runs zones on Kubernetes: its configuration, its kubelet's, its containerd's, and what installs it.

mod config;
#[cfg(test)]
mod tests;

use askama::Template;
use omni_model::{
    Scenario,
    deployment::{Cluster, Host, K3sSha256},
    names::{HostName, K3sRelease, Sha256},
    registry::nvidia,
    scenario::Runtime,
};

use crate::{
    artifact::Artifact,
    gvisor,
    header::Header,
    step::{Check, Family, Script, Step},
    yaml,
};
use config::{Config, Kubelet};

/// The RuntimeClass of gVisor, and containerd's name for it.
pub(crate) const GVISOR: &str = "gvisor";

/// The RuntimeClass of NVIDIA's container runtime, as k3s ships it: <https://docs.k3s.io/advanced#nvidia-container-runtime>.
pub(crate) const NVIDIA: &str = "nvidia";

/// The administrator's credentials, as k3s writes them.
const KUBECONFIG: &str = "/etc/rancher/k3s/k3s.yaml";

const CONFIG: &str = "/etc/rancher/k3s/config.yaml";

/// containerd's configuration, as k3s makes it from the template: <https://docs.k3s.io/advanced#configuring-containerd>.
const RENDERED: &str = "/var/lib/rancher/k3s/agent/etc/containerd/config.toml";

/// A file of the bundle, and where k3s reads it.
struct Placed {
    source: &'static str,
    target: &'static str,
    mode: &'static str,
}

const FILES: [Placed; 3] = [
    Placed { source: "config.yaml", target: CONFIG, mode: "0600" },
    Placed {
        source: "config-v3.toml.tmpl",
        target: "/var/lib/rancher/k3s/agent/etc/containerd/config-v3.toml.tmpl",
        mode: "0644",
    },
    // https://docs.k3s.io/installation/configuration#kubelet-configuration-files
    Placed {
        source: "kubelet.yaml",
        target: "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/90-omni.conf",
        mode: "0644",
    },
];

/// What is compared before anything runs; an empty one is not known.
struct Sums {
    installer: String,
    amd64: String,
    arm64: String,
}

impl Sums {
    fn of(cluster: &Cluster) -> Self {
        let text = |sum: Option<Sha256>| sum.map(|sum| sum.to_string()).unwrap_or_default();
        let K3sSha256 { installer, amd64, arm64 } = cluster.k3s_checksums();
        Self { installer: text(installer), amd64: text(amd64), arm64: text(arm64) }
    }
}

#[derive(Template)]
#[template(path = "k3s/install.sh")]
struct Install<'a> {
    header: Header<'a>,
    release: &'a K3sRelease,
    sums: Sums,
    /// The first line of a file of this deployment's.
    ours: &'a str,
    config: &'static str,
    encrypted: bool,
    rendered: &'static str,
    files: &'a [Placed],
    gpus: bool,
    /// The oldest release of NVIDIA's toolkit.
    toolkit: &'static str,
    gvisor: bool,
    runtimes: &'a [&'static str],
}

#[derive(Template)]
#[template(path = "k3s/containerd.toml.tmpl", escape = "none")]
struct Containerd<'a> {
    header: &'a str,
    gvisor: bool,
    handler: &'static str,
}

#[derive(Template)]
#[template(path = "k3s/apply.sh")]
struct Apply {
    script: &'static str,
}

#[derive(Template)]
#[template(path = "k3s/rollback.sh")]
struct Rollback<'a> {
    config: &'static str,
    ours: &'a str,
    gvisor: bool,
    files: &'a [Placed],
}

#[derive(Template)]
#[template(path = "k3s/preflight.sh")]
struct Preflight<'a> {
    ours: &'a str,
    config: &'a str,
    encrypted: bool,
}

#[derive(Template)]
#[template(path = "k3s/verify-node.sh")]
struct VerifyNode<'a> {
    release: &'a K3sRelease,
}

#[derive(Template)]
#[template(path = "k3s/verify-encryption.sh")]
struct VerifyEncryption;

#[derive(Template)]
#[template(path = "k3s/verify-runtimes.sh")]
struct VerifyRuntimes<'a> {
    rendered: &'static str,
    runtimes: &'a [&'static str],
}

#[derive(Template)]
#[template(path = "k3s/verify-kubelet.sh")]
struct VerifyKubelet<'a> {
    expected: &'a str,
}

#[derive(Template)]
#[template(path = "k3s/verify-kubeconfig.sh")]
struct VerifyKubeconfig<'a> {
    kubeconfig: &'static str,
    mode: &'a str,
}

/// Installs the cluster where something runs on it.
pub(crate) fn steps(scenario: &Scenario<'_>) -> Vec<Step> {
    let deployment = scenario.deployment();
    let cluster = deployment.cluster.as_ref().filter(|_| scenario.has_kubernetes());
    let step =
        cluster.and_then(|cluster| Some(step(scenario, cluster, deployment.hosts.get(&cluster.host)?)));
    step.into_iter().collect()
}

/// Whether the cluster that is there already can become what the deployment has.
pub(crate) fn preflight(scenario: &Scenario<'_>, host: &HostName) -> Option<Check> {
    let encrypted = scenario.cluster_on(host)?.secrets_encryption;
    Some(Check {
        name: "k3s-cluster".to_owned(),
        title: "Cluster".to_owned(),
        expected: format!("none, or one that was started with `secrets-encryption: {encrypted}`"),
        after: None,
        script: Script::new(&Preflight { ours: &ours(scenario), config: CONFIG, encrypted }),
    })
}

/// What finds the first line of a file of this deployment's.
fn ours(scenario: &Scenario<'_>) -> String {
    format!("^# generated by omni .* from {} ", scenario.deployment().name)
}

/// Whether a pod is locked into gVisor.
pub(crate) fn needs_gvisor(scenario: &Scenario<'_>) -> bool {
    scenario.run_by(Runtime::Kubernetes).any(|(_, service)| gvisor::is_sandboxed(scenario, service))
}

/// Whether a pod takes GPUs.
pub(crate) fn needs_gpus(scenario: &Scenario<'_>) -> bool {
    scenario.run_by(Runtime::Kubernetes).any(|(_, service)| !service.vram.is_empty())
}

/// What containerd runs pods by, beside its own.
pub(crate) fn runtimes(scenario: &Scenario<'_>) -> Vec<&'static str> {
    let gvisor = needs_gvisor(scenario).then_some(GVISOR);
    gvisor.into_iter().chain(needs_gpus(scenario).then_some(NVIDIA)).collect()
}

fn step(scenario: &Scenario<'_>, cluster: &Cluster, host: &Host) -> Step {
    let deployment = scenario.deployment();
    let header = Header::of(deployment);
    let (gvisor, gpus) = (needs_gvisor(scenario), needs_gpus(scenario));
    let runtimes = runtimes(scenario);
    let ours = ours(scenario);
    let install = Install {
        header,
        release: &cluster.k3s,
        sums: Sums::of(cluster),
        ours: &ours,
        config: CONFIG,
        encrypted: cluster.secrets_encryption,
        rendered: RENDERED,
        files: &FILES,
        gpus,
        toolkit: nvidia::TOOLKIT,
        gvisor,
        runtimes: &runtimes,
    };
    let kubelet = Kubelet::of(scenario, cluster, host);
    let containerd = Containerd {
        // What Go's templates would read is no name of a deployment's.
        header: &header.hash().replace("{{", "{ {"),
        gvisor,
        handler: GVISOR,
    };
    Step {
        family: Family::K3s,
        host: cluster.host.clone(),
        phase: "2.1",
        name: "k3s",
        title: "k3s".to_owned(),
        targets: format!("k3s {}, {CONFIG}, /var/lib/rancher/k3s", cluster.k3s),
        follows: &["kernel", "storage", "models", "gvisor"],
        reboot: false,
        touches_data: false,
        artifacts: vec![
            Artifact::new("k3s/config.yaml", yaml::to_yaml(&header, &Config::of(cluster, host))),
            Artifact::new("k3s/config-v3.toml.tmpl", Script::new(&containerd).to_string()),
            Artifact::new("k3s/kubelet.yaml", yaml::to_yaml(&header, &kubelet)),
            Artifact::new("k3s/install.sh", Script::new(&install).to_string()).executable(),
        ],
        remember: Script::default(),
        apply: Script::new(&Apply { script: "k3s/install.sh" }),
        verify: verify(cluster, &kubelet, &runtimes),
        rollback: Script::new(&Rollback { config: CONFIG, ours: &ours, gvisor, files: &FILES }),
    }
}

fn verify(cluster: &Cluster, kubelet: &Kubelet, runtimes: &[&'static str]) -> Vec<Check> {
    let after_node = Some("k3s-node".to_owned());
    let expected = serde_json::json!(kubelet.settings).to_string();
    let mode = format!("{:o}", cluster.kubeconfig_mode.bits());
    let mut checks = vec![
        Check {
            name: "k3s-node".to_owned(),
            title: "k3s runs".to_owned(),
            expected: format!("{}, its node ready", cluster.k3s),
            after: None,
            script: Script::new(&VerifyNode { release: &cluster.k3s }),
        },
        Check {
            name: "kubelet".to_owned(),
            title: "Kubelet: swap, reserve, eviction".to_owned(),
            expected: expected.clone(),
            after: after_node,
            script: Script::new(&VerifyKubelet { expected: &expected }),
        },
        Check {
            name: "kubeconfig".to_owned(),
            title: "Kubeconfig".to_owned(),
            expected: format!("{KUBECONFIG} has mode {mode}"),
            after: None,
            script: Script::new(&VerifyKubeconfig { kubeconfig: KUBECONFIG, mode: &mode }),
        },
    ];
    if cluster.secrets_encryption {
        checks.push(Check {
            name: "secrets-encrypted".to_owned(),
            title: "Secrets encrypted in the cluster".to_owned(),
            expected: "k3s encrypts them".to_owned(),
            after: Some("k3s-node".to_owned()),
            script: Script::new(&VerifyEncryption),
        });
    }
    if !runtimes.is_empty() {
        checks.push(Check {
            name: "container-runtimes".to_owned(),
            title: "Container runtimes".to_owned(),
            expected: format!("containerd knows {}", runtimes.join(" and ")),
            after: None,
            script: Script::new(&VerifyRuntimes { rendered: RENDERED, runtimes }),
        });
    }
    checks
}
