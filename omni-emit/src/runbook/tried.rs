//! What the tests of this project have run of what is emitted, and what no machine of theirs could: one table for the runbook, where
//! it is about an option, and for the README, where it is whole.

use omni_model::{
    Facts,
    deployment::{Service, Upgrades},
};

use crate::gvisor;

pub(super) struct Tried {
    pub(super) what: &'static str,
    pub(super) level: &'static str,
    pub(super) how: &'static str,
    /// Whether an option has any of it.
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
        how: "on Debian in a virtual machine that starts anew after the deploy and after the rollback: then `/etc` is as it was",
        concerns: |_| true,
    },
    Tried {
        what: "What runs after a reboot",
        level: "run",
        how: "v15 and `home`, scaled, with Docker in that machine: every container runs again, and `verify.sh` finds nothing",
        concerns: |_| true,
    },
    Tried {
        what: "UFW and DOCKER-USER rules",
        level: "run",
        how: "ufw, iptables and Docker 26 and 28 in network namespaces; each connection is tried with packets and compared with the prover",
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
        how: "every alert by `promtool test rules`; some fire for real, and reach a receiver",
        concerns: |facts| facts.deployment().monitoring.is_some(),
    },
    Tried {
        what: "Sandboxes",
        level: "run",
        how: "Debian's gVisor under Docker and Kubernetes; gVisor's own packages: not run",
        concerns: |facts| any(facts, gvisor::is_sandboxed),
    },
    Tried {
        what: "Kubernetes manifests",
        level: "run",
        how: "Kubernetes 1.20 on one node, with stand-ins for the images; newer fields by the schemas of 1.33",
        concerns: |facts| facts.has_kubernetes(),
    },
    Tried {
        what: "NetworkPolicies",
        level: "judged",
        how: "accepted by Kubernetes; tried with packets behind the iptables rules that k3s' policy controller documents",
        concerns: |facts| facts.has_kubernetes(),
    },
    Tried {
        what: "k3s' installer, its configuration, the containerd template, the kubelet's configuration",
        level: "judged",
        how: "read as their documentation has them",
        concerns: |facts| facts.has_kubernetes(),
    },
    Tried {
        what: "Checksums and keys of what is downloaded: gVisor's repository, k3s and its installer, the hub's client, models",
        level: "run",
        how: "the right thing is installed, a changed byte is refused before anything runs; the client's packages are those of PyPI, the rest are stand-ins",
        concerns: |facts| {
            let models = !facts.deployment().models.is_empty();
            models || facts.has_kubernetes() || any(facts, gvisor::is_sandboxed)
        },
    },
    Tried {
        what: "Holding back Docker and the NVIDIA driver from unattended upgrades",
        level: "judged",
        how: "apt and needrestart's reader take the files; the packages' names are matched as unattended-upgrades matches them",
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
        how: "no GPU was there: `cargo test -p omni-gpu-tier` tries the checks on a card, and has run on none yet",
        concerns: |facts| any(facts, |_, service| !service.vram.is_empty()),
    },
    Tried {
        what: "The images themselves",
        level: "not run",
        how: "stand-ins answer as their documentation says",
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
