use crate::{
    deployment::{Deployment, Host, Numa, Service, Template},
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    names::{HostName, ServiceName},
    resolve,
    rules::{Definition, Rule, Scope, at},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service that is bound to NUMA nodes may bind itself, and its host has these nodes",
    scope: Scope::Deployment(check),
};

/// The capability that numactl needs.
const NEEDED: &str = "SYS_NICE";

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        match (&service.numa, resolve::host(deployment, service)) {
            // `numa` adds the capability.
            (Some(numa), Some(host)) => findings.extend(wrong_nodes(rule, name, numa, host)),
            (Some(_), None) => {}
            (None, _) => findings.extend(without_capability(rule, name, service)),
        }
    }
    findings
}

fn without_capability(rule: &Rule, name: &ServiceName, service: &Service) -> Option<Diagnostic> {
    let is_numactl =
        |text: &Template| text.words().any(|word| word == "numactl" || word.ends_with("/numactl"));
    let path = at("services", name);
    let (place, _) = service.command_line(&path).find(|(_, text)| is_numactl(text))?;
    let mut capabilities: Vec<&str> = service.capabilities.iter().map(AsRef::as_ref).collect();
    if capabilities.contains(&NEEDED) {
        return None;
    }
    capabilities.push(NEEDED);
    let message =
        message!("`{name}` starts numactl without the capability `{capability}`", name, capability = NEEDED);
    let help = format!("add `{NEEDED}` to `capabilities`, or use `numa`, which adds it");
    Some(rule.finding(place, message).help(help).fix(path.key("capabilities"), capabilities))
}

fn wrong_nodes(
    rule: &Rule,
    name: &ServiceName,
    numa: &Numa,
    (host_name, host): (&HostName, &Host),
) -> Vec<Diagnostic> {
    let path = at("services", name).key("numa");
    let nodes = host.numa_nodes as usize;
    let host_path = at("hosts", host_name);
    // One node is the default.
    let of_host = if nodes == 1 { host_path } else { host_path.key("numa_nodes") };
    let mut findings = Vec::new();
    for (key, verb, node) in
        [("cpunodebind", "runs on", numa.cpunodebind), ("membind", "keeps its memory on", numa.membind)]
    {
        let Some(node) = node.filter(|node| *node >= host.numa_nodes) else { continue };
        let message = message!(
            "`{name}` {verb} node {node}, but `{host}` has {nodes}",
            name,
            node,
            host = host_name,
            nodes = said(count(nodes, "NUMA node"), nodes),
        );
        let help = match nodes {
            1 => "use node 0, the only one".to_owned(),
            _ => format!("use a node from 0 to {}", nodes.saturating_sub(1)),
        };
        let finding = rule.finding(path.key(key), message);
        findings.push(finding.related(of_host.clone(), "the NUMA nodes of its host").help(help));
    }
    if let (Some(node), Some(_)) = (numa.membind, numa.interleave) {
        let message = message!(
            "`{name}` both binds its memory to node {node} and spreads it over all nodes, which numactl refuses",
            name,
            node,
        );
        findings.push(rule.finding(path.key("membind"), message).help("remove `membind` or `interleave`"));
    }
    findings
}
