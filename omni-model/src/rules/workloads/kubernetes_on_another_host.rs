use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service on Kubernetes stands on the host that runs the cluster",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let Some(cluster) = &deployment.cluster else { return Vec::new() };
    let find = |(name, service): (&_, &_)| {
        let (host, _) = facts.host(service).filter(|(host, _)| **host != cluster.host)?;
        let message = format!(
            "`{name}` runs on Kubernetes and stands on `{host}`: the cluster is on `{}`",
            cluster.host
        );
        let help = format!("move it to `{}`, or run its zone on Docker Compose", cluster.host);
        let related = ModelPath::root().key("cluster").key("host");
        let finding = rule.finding(at("services", name).key("host"), message);
        Some(finding.related(related, "the cluster's").help(help))
    };
    facts.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
