//! W003

use crate::{
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// The cluster has one node.
pub(crate) static RULE: Rule = Rule {
    id: "W003",
    name: "kubernetes-on-another-host",
    severity: Severity::Error,
    summary: "a service on Kubernetes stands on the host that runs the cluster",
    docs: include_str!("host.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let Some(cluster) = &deployment.cluster else { return Vec::new() };
    let find = |(name, service): (&_, &_)| {
        let (host, _) = scenario.host(service).filter(|(host, _)| **host != cluster.host)?;
        let message = format!(
            "`{name}` runs on Kubernetes and stands on `{host}`: the cluster is on `{}`",
            cluster.host
        );
        let help = format!("move it to `{}`, or run its zone on Docker Compose", cluster.host);
        let related = ModelPath::root().key("cluster").key("host");
        let finding = rule.finding(at("services", name).key("host"), message);
        Some(finding.related(related, "the cluster's").help(help))
    };
    scenario.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
