//! W007

use crate::{
    deployment::{Deployment, Template},
    diagnostic::{Diagnostic, Severity},
    rules::{Rule, at, of_host},
};

/// Binding memory needs a capability, and a node.
pub(crate) static RULE: Rule = Rule {
    id: "W007",
    name: "numa-refused",
    severity: Severity::Error,
    summary: "a service that binds itself to NUMA nodes may, and they exist",
    docs: include_str!("numa.md"),
    check,
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        let path = at("services", name);
        let mut command = service.command.iter().chain(&service.args).flat_map(Template::words);
        let in_command = command.any(|word| word == "numactl" || word.ends_with("/numactl"));
        if service.numa.is_none() && !in_command {
            continue;
        }
        let place = if in_command { path.key("command") } else { path.key("numa") };
        if !service.capabilities.iter().any(|capability| *capability == "SYS_NICE") {
            let message = format!("`{name}` is started through numactl without the capability `SYS_NICE`");
            findings.push(rule.finding(place, message).help("add `capabilities: [SYS_NICE]`"));
        }
        let node = service.numa.as_ref().and_then(|numa| numa.cpunodebind);
        let host = of_host(deployment, service);
        if let (Some(node), Some((host_name, host))) = (node, host)
            && node >= host.numa_nodes
        {
            let message = format!("`{name}` runs on node {node}, and `{host_name}` has {}", host.numa_nodes);
            let related = at("hosts", host_name).key("numa_nodes");
            let finding = rule.finding(path.key("numa").key("cpunodebind"), message);
            findings.push(finding.related(related, "its nodes").help("nodes are counted from 0"));
        }
    }
    findings
}
