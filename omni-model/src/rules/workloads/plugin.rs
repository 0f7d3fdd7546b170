//! W015

use crate::{
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// Kubernetes knows no GPUs by itself.
pub(crate) static RULE: Rule = Rule {
    id: "W015",
    name: "device-plugin-missing",
    severity: Severity::Error,
    summary: "a cluster that runs services with GPUs has NVIDIA's device plugin",
    docs: include_str!("plugin.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    if deployment.cluster.as_ref().is_none_or(|cluster| cluster.device_plugin.is_some()) {
        return Vec::new();
    }
    let waiting = scenario.run_by(Runtime::Kubernetes).filter(|(_, service)| !service.vram.is_empty());
    let find = |(name, _): (&_, &_)| {
        let message = format!("`{name}` waits forever for a GPU: the cluster has no device plugin");
        let related = ModelPath::root().key("cluster");
        let finding = rule.finding(at("services", name).key("vram"), message).related(related, "the cluster");
        finding.help("add `device_plugin` to it, with NVIDIA's image")
    };
    waiting.map(find).collect()
}
