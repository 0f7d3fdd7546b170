//! What an emitter family does to a machine, with its proof and its undo.

use std::fmt;

use askama::Template;
use omni_model::names::HostName;

use crate::artifact::Artifact;

/// An emitter family. `emit --only` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The kernel's command line.
    Grub,
    /// Settings of the running kernel.
    Sysctl,
    /// Directories and swap.
    Storage,
    /// Model downloads.
    Models,
    /// gVisor.
    Gvisor,
    /// What is held back from unattended upgrades.
    Upgrades,
    /// What lets containers keep their GPUs.
    Gpus,
    /// What systemd starts at a boot, and by the clock.
    Boot,
    /// Docker Compose.
    Compose,
    /// k3s itself.
    K3s,
    /// What runs on Kubernetes.
    Kubernetes,
    /// ufw and DOCKER-USER.
    Firewall,
    /// Prometheus and Alertmanager.
    Prometheus,
    /// Grafana.
    Grafana,
    /// deploy, verify, rollback.
    Operations,
    /// The runbook.
    Runbook,
}

impl Family {
    /// All of them, in the order of the steps.
    pub const ALL: [Self; 16] = [
        Self::Grub,
        Self::Sysctl,
        Self::Storage,
        Self::Models,
        Self::Gvisor,
        Self::Upgrades,
        Self::Gpus,
        Self::Boot,
        Self::Compose,
        Self::K3s,
        Self::Kubernetes,
        Self::Firewall,
        Self::Prometheus,
        Self::Grafana,
        Self::Operations,
        Self::Runbook,
    ];

    /// Whether its files are the same in every option.
    pub fn is_common(self) -> bool {
        matches!(
            self,
            Self::Grub | Self::Sysctl | Self::Storage | Self::Models | Self::Gvisor | Self::Upgrades
        )
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grub => "grub",
            Self::Sysctl => "sysctl",
            Self::Storage => "storage",
            Self::Models => "models",
            Self::Gvisor => "gvisor",
            Self::Upgrades => "upgrades",
            Self::Gpus => "gpus",
            Self::Boot => "boot",
            Self::Compose => "compose",
            Self::K3s => "k3s",
            Self::Kubernetes => "kubernetes",
            Self::Firewall => "firewall",
            Self::Prometheus => "prometheus",
            Self::Grafana => "grafana",
            Self::Operations => "operations",
            Self::Runbook => "runbook",
        }
    }
}

/// A piece of bash: the body of a function that runs as root under `set -euo pipefail`.
///
/// It may use `$bundle` (the folder of the option), `$common` (that of what all options share), `$state` (where a step keeps
/// what it must remember), `say TEXT…`, and `fail TEXT…`, which ends the step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script(String);

impl Script {
    /// Fills a template; values are quoted by it.
    ///
    /// # Panics
    ///
    /// If a value cannot be written (a NUL in a shell word, which no checked deployment holds).
    pub fn new(template: &impl Template) -> Self {
        #[expect(clippy::expect_used, reason = "documented above: a mistake in Omni itself")]
        let text = template.render().expect("a template that can be filled");
        Self(text.trim_end().to_owned())
    }

    /// A text without values in it.
    pub fn fixed(text: &'static str) -> Self {
        Self(text.trim().to_owned())
    }

    /// As the body of a function. It is set in unless that could change a text that goes over several lines.
    pub fn body(&self) -> String {
        let even = |line: &str, quote| line.matches(quote).count() % 2 == 0;
        let plain = !self.0.contains("<<") && self.0.lines().all(|line| even(line, '\'') && even(line, '"'));
        let body = if self.0.is_empty() { ":" } else { &self.0 };
        let margin = if plain { "  " } else { "" };
        let lines =
            body.lines().map(|line| if line.is_empty() { String::new() } else { format!("{margin}{line}") });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A change to a machine. `deploy.sh`, `verify.sh`, `rollback.sh` and the runbook are four renderings of a list of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who makes it.
    pub family: Family,
    /// The machine.
    pub host: HostName,
    /// Where a runbook lists it: `1.1`.
    pub phase: &'static str,
    /// Its name, as `deploy.sh --from` takes it: `storage`.
    pub name: &'static str,
    /// What it does, for people.
    pub title: String,
    /// What it changes on the machine, for people.
    pub targets: String,
    /// The names of the steps that must be done before it; those that do not exist do not count.
    pub follows: &'static [&'static str],
    /// Whether the machine must start anew after it.
    pub reboot: bool,
    /// Whether its undoing could lose models or data: it only does so when it is told to purge them (`$purge_data` is `yes`).
    pub touches_data: bool,
    /// The files.
    pub artifacts: Vec<Artifact>,
    /// Keeps below `$state` what the machine was like, once, before the step is applied the first time.
    pub remember: Script,
    /// Does it; a second time changes nothing.
    pub apply: Script,
    /// Proves it.
    pub verify: Vec<Check>,
    /// Undoes it; a second time changes nothing, and so it is if it was never done.
    pub rollback: Script,
}

/// A proof: a script that says PASS by its success and FAIL by anything else, with what it saw on standard output. `skip
/// REASON…` ends it as SKIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name: `swap-active`.
    pub name: String,
    /// What it is about, for people: `Swap active`.
    pub title: String,
    /// What it should see, for people.
    pub expected: String,
    /// The check without whose PASS this one says nothing (it is skipped then).
    pub after: Option<String>,
    /// The script.
    pub script: Script,
}
