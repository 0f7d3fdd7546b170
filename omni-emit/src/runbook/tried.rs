//! Which emitted files the tests of this project have run, and which they could not. The README has the whole table, the runbook the rows
//! that concern its option.

use omni_model::{
    Facts,
    deployment::{Service, Upgrades},
};

pub(super) struct Tried {
    pub(super) what: &'static str,
    pub(super) level: &'static str,
    pub(super) how: &'static str,
    /// Whether an option has any of these files.
    concerns: fn(&Facts<'_>) -> bool,
}

/// The rows that concern an option.
pub(super) fn rows(facts: &Facts<'_>) -> Vec<&'static Tried> {
    ALL.iter().filter(|tried| (tried.concerns)(facts)).collect()
}

const ALL: &[Tried] = &[
    Tried {
        what: "Kernel parameters, directories, swap; the scripts for them",
        level: "run",
        how: "on Debian in a virtual machine that is rebooted after the deployment and after the rollback; `/etc` is then as before",
        concerns: |_| true,
    },
    Tried {
        what: "Services after a reboot",
        level: "run",
        how: "v15 and `home`, scaled down, with Docker in that machine: every container runs again, and `verify.sh` passes",
        concerns: |_| true,
    },
    Tried {
        what: "UFW and DOCKER-USER rules",
        level: "run",
        how: "ufw, iptables and Docker 26 and 28 in network namespaces; each connection is tested with packets and compared with the prover",
        concerns: |_| true,
    },
    Tried {
        what: "Compose files, with deploy, verification, failover, rollback, backup and restore",
        level: "run",
        how: "on Docker 26 and 28, with stand-ins for most images and small limits",
        concerns: |_| true,
    },
    Tried {
        what: "Prometheus, its rules, Alertmanager",
        level: "run",
        how: "every alert with `promtool test rules`; some fire for real and reach a receiver",
        concerns: |facts| facts.deployment().monitoring.is_some(),
    },
    Tried {
        what: "Sandboxes",
        level: "run",
        how: "Debian's gVisor under Docker and Kubernetes; gVisor's own packages: not run",
        concerns: |facts| any(facts, |facts, service| facts.is_sandboxed(service)),
    },
    Tried {
        what: "Kubernetes manifests",
        level: "run",
        how: "Kubernetes 1.20 on one node, with stand-ins for the images; newer fields are checked against the schemas of 1.33",
        concerns: |facts| facts.has_kubernetes(),
    },
    Tried {
        what: "NetworkPolicies",
        level: "judged",
        how: "accepted by Kubernetes; tested with packets and the iptables rules that k3s' policy controller documents",
        concerns: |facts| facts.has_kubernetes(),
    },
    Tried {
        what: "k3s' installer, its configuration, the containerd template, the kubelet's configuration",
        level: "judged",
        how: "checked against their documentation",
        concerns: |facts| facts.has_kubernetes(),
    },
    Tried {
        what: "Checksums and keys of downloads: gVisor's repository, k3s and its installer, the hub's client, models",
        level: "run",
        how: "the right files are installed, and a changed byte is refused before anything runs; the client's packages come from PyPI, the rest are stand-ins",
        concerns: |facts| {
            let models = !facts.deployment().models.is_empty();
            models || facts.has_kubernetes() || any(facts, |facts, service| facts.is_sandboxed(service))
        },
    },
    Tried {
        what: "Holding back Docker and the NVIDIA driver from unattended upgrades",
        level: "judged",
        how: "apt and needrestart read the files; package names are matched as unattended-upgrades matches them",
        concerns: |facts| facts.deployment().operations.upgrades == Upgrades::Held,
    },
    Tried {
        what: "Model downloads",
        level: "run",
        how: "with a stand-in for the hub's client",
        concerns: |facts| !facts.deployment().models.is_empty(),
    },
    Tried {
        what: "GPUs, their driver, the container toolkit, the device plugin",
        level: "not run",
        how: "no GPU was available: `cargo test -p omni-gpu-tier` runs the checks on a card, but has not run on one yet",
        concerns: |facts| any(facts, |_, service| !service.vram.is_empty()),
    },
    Tried {
        what: "The images themselves",
        level: "not run",
        how: "stand-ins answer as the images' documentation says",
        concerns: |_| true,
    },
];

fn any(facts: &Facts<'_>, is: fn(&Facts<'_>, &Service) -> bool) -> bool {
    facts.services().any(|(_, service)| is(facts, service))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_the_whole_table() {
        let readme = include_str!("../../../README.md");
        for Tried { what, level, how, .. } in ALL {
            let row = format!("| {what} | {level} | {how} |");
            assert!(readme.contains(&row), "README.md lacks\n{row}");
        }
    }
}
