//! W008

use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Rule, at, of_host},
};

/// Memory that is far away is slow.
pub(crate) static RULE: Rule = Rule {
    id: "W008",
    name: "numa-on-one-node",
    severity: Severity::Warning,
    summary: "what is spread over all NUMA nodes runs on all of them",
    docs: include_str!("node.md"),
    check,
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let numa = service.numa.as_ref()?;
        let (node, _) = numa.cpunodebind.zip(numa.interleave)?;
        let (host_name, host) = of_host(deployment, service).filter(|(_, host)| host.numa_nodes > 1)?;
        let message = format!(
            "`{name}` runs on the processors of node {node} alone, and its memory lies on the {} nodes of `{host_name}`",
            host.numa_nodes
        );
        let path = at("services", name).key("numa").key("cpunodebind");
        Some(rule.finding(path, message).help("take `cpunodebind` out, and it runs on all of them"))
    };
    deployment.services.iter().filter_map(find).collect()
}
