use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a cluster that runs services with GPUs has NVIDIA's device plugin",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    if deployment.cluster.as_ref().is_none_or(|cluster| cluster.device_plugin.is_some()) {
        return Vec::new();
    }
    let with_gpus = facts.run_by(Runtime::Kubernetes).filter(|(_, service)| !service.vram.is_empty());
    let find = |(name, _): (&_, &_)| {
        let message =
            message!("`{name}` waits forever for a GPU because the cluster has no device plugin", name);
        let related = ModelPath::root().key("cluster");
        let finding = rule.finding(at("services", name).key("vram"), message).related(related, "the cluster");
        finding.help("add `device_plugin` with NVIDIA's image to `cluster`")
    };
    with_gpus.map(find).collect()
}
