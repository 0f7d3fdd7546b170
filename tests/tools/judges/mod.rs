//! The judges: which files each of them takes, and what it finds wrong.

mod compose;
mod grafana;
mod host;
mod k3s;
mod kubernetes;
mod manifest;
mod markdown;
mod prometheus;
pub(crate) mod shell;
mod sysctl;
mod systemd;
mod toml;

use serde::de::DeserializeOwned;

use crate::Judged;
use crate::tree::File;

/// One tool, or one reading of a format that has no tool.
pub(crate) struct Judge {
    pub(crate) name: &'static str,
    pub(crate) takes: fn(&File) -> bool,
    pub(crate) judge: fn(&File) -> Judged,
}

const fn judge(name: &'static str, takes: fn(&File) -> bool, judge: fn(&File) -> Judged) -> Judge {
    Judge { name, takes, judge }
}

/// Every judge. A file goes to each of them that takes it.
pub(crate) static JUDGES: &[Judge] = &[
    judge("bash", shell::is_bash, shell::parses),
    judge("shellcheck", shell::is_bash, shell::shellcheck),
    judge("pipes", shell::is_bash, shell::reads_to_the_end),
    judge("grub", host::is_grub, host::grub),
    judge("sysctl", sysctl::is_sysctl, sysctl::sysctl),
    judge("systemd", systemd::is_unit, systemd::verify),
    judge("apt", host::is_apt, host::apt),
    judge("needrestart", host::is_needrestart, host::needrestart),
    judge("pip", host::is_requirements, host::pip),
    judge("iptables", host::is_iptables, host::iptables),
    judge("compose", compose::is_stack, compose::config),
    judge("compose schema", compose::is_stack, compose::schema),
    judge("compose env", compose::is_env, compose::env),
    judge("kubernetes", kubernetes::is_manifest, kubernetes::validate),
    judge("k3s", k3s::is_config, k3s::config),
    judge("kubelet", k3s::is_kubelet, k3s::kubelet),
    judge("prometheus", prometheus::is_config, prometheus::config),
    judge("prometheus rules", prometheus::is_rules, prometheus::rules),
    judge("prometheus tests", prometheus::is_tests, prometheus::tests),
    judge("alertmanager", prometheus::is_alertmanager, prometheus::alertmanager),
    judge("prober", prometheus::is_prober, prometheus::prober),
    judge("dcgm counters", prometheus::is_counters, prometheus::counters),
    judge("dashboard", grafana::is_dashboard, grafana::dashboard),
    judge("grafana provisioning", grafana::is_provisioning, grafana::provisioning),
    judge("toml", toml::is_toml, toml::toml),
    judge("containerd", toml::is_template, toml::template),
    judge("markdown", markdown::is_markdown, markdown::markdown),
    judge("manifest", manifest::is_manifest, manifest::manifest),
];

/// The document of a YAML file that has one.
fn yaml_document<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_norway::from_str(text).map_err(|error| error.to_string())
}
