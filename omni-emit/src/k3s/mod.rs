//! k3s, if an option runs zones on Kubernetes: its configuration, those of its kubelet and containerd, and its installation.

mod config;
#[cfg(test)]
mod tests;

use askama::Template;
use omni_model::{
    Facts,
    catalog::nvidia,
    deployment::{Cluster, Host, K3sSha256},
    names::{HostName, K3sRelease, Sha256},
    scenario::Runtime,
};

use crate::{
    artifact::Artifact,
    grub, gvisor,
    header::Header,
    models,
    step::{Check, CheckKind, Script, Step, StepId},
    storage, yaml,
};
use config::{Config, Kubelet};

/// The step that installs it.
pub(crate) const STEP: StepId = StepId::new("k3s");

/// The check that k3s runs.
pub(crate) const NODE: CheckKind = CheckKind::new("k3s-node");

/// The RuntimeClass of gVisor, and containerd's name for it.
pub(crate) const GVISOR: &str = "gvisor";

/// The RuntimeClass of NVIDIA's container runtime, as k3s ships it: <https://docs.k3s.io/advanced#nvidia-container-runtime>.
pub(crate) const NVIDIA: &str = "nvidia";

/// The administrator's credentials, as k3s writes them.
const KUBECONFIG: &str = "/etc/rancher/k3s/k3s.yaml";

const CONFIG: &str = "/etc/rancher/k3s/config.yaml";

/// containerd's configuration, which k3s generates from the template: <https://docs.k3s.io/advanced#configuring-containerd>.
const RENDERED: &str = "/var/lib/rancher/k3s/agent/etc/containerd/config.toml";

/// A file of the bundle, and the path from which k3s reads it.
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

/// The checksums that are compared before anything runs. An unknown one is empty.
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
    /// A pattern for the first line of this deployment's files.
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

/// Installs the cluster if something runs on it.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let deployment = facts.deployment();
    let cluster = deployment.cluster.as_ref().filter(|_| facts.has_kubernetes());
    let step = cluster.and_then(|cluster| Some(step(facts, cluster, deployment.hosts.get(&cluster.host)?)));
    step.into_iter().collect()
}

/// Checks whether an existing cluster can be changed to the one of the deployment.
pub(crate) fn preflight(facts: &Facts<'_>, host: &HostName) -> Option<Check> {
    let encrypted = facts.cluster_on(host)?.secrets_encryption;
    Some(Check::new(
        "k3s-cluster",
        "Cluster",
        format!("none, or one that was started with `secrets-encryption: {encrypted}`"),
        Script::new(&Preflight { ours: &ours(facts), config: CONFIG, encrypted }),
    ))
}

/// A pattern for the first line of this deployment's files.
fn ours(facts: &Facts<'_>) -> String {
    format!("^# generated by omni .* from {} ", facts.deployment().name)
}

/// Whether a pod runs in gVisor.
pub(crate) fn needs_gvisor(facts: &Facts<'_>) -> bool {
    facts.run_by(Runtime::Kubernetes).any(|(_, service)| facts.is_sandboxed(service))
}

/// Whether a pod uses GPUs.
pub(crate) fn needs_gpus(facts: &Facts<'_>) -> bool {
    facts.run_by(Runtime::Kubernetes).any(|(_, service)| !service.vram.is_empty())
}

/// The runtimes that containerd has besides its own.
pub(crate) fn runtimes(facts: &Facts<'_>) -> Vec<&'static str> {
    let gvisor = needs_gvisor(facts).then_some(GVISOR);
    gvisor.into_iter().chain(needs_gpus(facts).then_some(NVIDIA)).collect()
}

fn step(facts: &Facts<'_>, cluster: &Cluster, host: &Host) -> Step {
    let deployment = facts.deployment();
    let header = Header::of(deployment);
    let (gvisor, gpus) = (needs_gvisor(facts), needs_gpus(facts));
    let runtimes = runtimes(facts);
    let ours = ours(facts);
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
    let kubelet = Kubelet::of(facts, cluster, host);
    let containerd = Containerd {
        // Text that Go's templates would interpret is never part of a deployment's name.
        header: &header.hash().replace("{{", "{ {"),
        gvisor,
        handler: GVISOR,
    };
    Step {
        host: cluster.host.clone(),
        id: STEP,
        title: "k3s".to_owned(),
        targets: format!("k3s {}, {CONFIG}, /var/lib/rancher/k3s", cluster.k3s),
        follows: &[grub::STEP, storage::STEP, models::STEP, gvisor::STEP],
        reboot: false,
        touches_data: false,
        artifacts: vec![
            Artifact::new("k3s/config.yaml", yaml::to_yaml(&header, &Config::of(cluster, host))),
            Artifact::from_template("k3s/config-v3.toml.tmpl", &containerd),
            Artifact::new("k3s/kubelet.yaml", yaml::to_yaml(&header, &kubelet)),
            Artifact::program("k3s/install.sh", &install),
        ],
        remember: Script::default(),
        apply: Script::new(&Apply { script: "k3s/install.sh" }),
        verify: verify(cluster, &kubelet, &runtimes),
        rollback: Script::new(&Rollback { config: CONFIG, ours: &ours, gvisor, files: &FILES }),
    }
}

fn verify(cluster: &Cluster, kubelet: &Kubelet, runtimes: &[&'static str]) -> Vec<Check> {
    let expected = serde_json::json!(kubelet.settings).to_string();
    let mode = format!("{:o}", cluster.kubeconfig_mode.bits());
    let mut checks = vec![
        Check::new(
            NODE,
            "k3s runs",
            format!("release {}, and its node is ready", cluster.k3s),
            Script::new(&VerifyNode { release: &cluster.k3s }),
        ),
        Check::new(
            "kubelet",
            "Kubelet: swap, reserve, eviction",
            expected.clone(),
            Script::new(&VerifyKubelet { expected: &expected }),
        )
        .after(NODE),
        Check::new(
            "kubeconfig",
            "Kubeconfig",
            format!("{KUBECONFIG} has mode {mode}"),
            Script::new(&VerifyKubeconfig { kubeconfig: KUBECONFIG, mode: &mode }),
        ),
    ];
    if cluster.secrets_encryption {
        checks.push(
            Check::new(
                "secrets-encrypted",
                "Secrets encrypted in the cluster",
                "k3s encrypts Secrets",
                Script::new(&VerifyEncryption),
            )
            .after(NODE),
        );
    }
    if !runtimes.is_empty() {
        checks.push(Check::new(
            "container-runtimes",
            "Container runtimes",
            format!("containerd has {}", runtimes.join(" and ")),
            Script::new(&VerifyRuntimes { rendered: RENDERED, runtimes }),
        ));
    }
    checks
}
