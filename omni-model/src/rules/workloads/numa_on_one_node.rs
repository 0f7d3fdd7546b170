use crate::{
    deployment::{Deployment, Service, Template},
    diagnostic::{Diagnostic, Severity},
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "what is spread over all NUMA nodes runs on all of them",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let (path, node) = bound(service)?;
        let (host_name, host) = resolve::host(deployment, service).filter(|(_, host)| host.numa_nodes > 1)?;
        let message = format!(
            "`{name}` runs on the processors of node {node} alone, and its memory lies on the {} nodes of `{host_name}`",
            host.numa_nodes
        );
        let path = path.iter().fold(at("services", name), |path, key| path.key(key));
        Some(rule.finding(path, message).help("take `cpunodebind` out, and it runs on all of them"))
    };
    deployment.services.iter().filter_map(find).collect()
}

/// Where a service says on which node alone it runs, if its memory is spread over all of them.
fn bound(service: &Service) -> Option<(&'static [&'static str], String)> {
    if let Some(numa) = &service.numa {
        let (node, _) = numa.cpunodebind.zip(numa.interleave)?;
        return Some((&["numa", "cpunodebind"], node.to_string()));
    }
    let words = || service.command.iter().chain(&service.args).flat_map(Template::words);
    let node = words().find_map(|word| word.strip_prefix("--cpunodebind="))?;
    words().any(|word| word == "--interleave=all").then(|| (&["command"] as &[_], node.to_owned()))
}
