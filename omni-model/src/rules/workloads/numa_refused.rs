use crate::{
    deployment::{Deployment, Template},
    diagnostic::{Diagnostic, Severity},
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service that binds itself to NUMA nodes may, and they exist",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        let path = at("services", name);
        let mut command = service.command.iter().chain(&service.args).flat_map(Template::words);
        let numactl = command.any(|word| word == "numactl" || word.ends_with("/numactl"));
        // Who is bound by `numa` gets the capability with it.
        let may =
            service.numa.is_some() || service.capabilities.iter().any(|capability| *capability == "SYS_NICE");
        if numactl && !may {
            let message = format!("`{name}` is started through numactl without the capability `SYS_NICE`");
            let help = "say `numa` instead, which brings it, or add `capabilities: [SYS_NICE]`";
            findings.push(rule.finding(path.key("command"), message).help(help));
        }
        let (Some(numa), Some((host_name, host))) = (&service.numa, resolve::host(deployment, service))
        else {
            continue;
        };
        let path = path.key("numa");
        let bindings =
            [("cpunodebind", "runs on", numa.cpunodebind), ("membind", "keeps its memory on", numa.membind)];
        for (key, does, node) in bindings {
            let Some(node) = node.filter(|node| *node >= host.numa_nodes) else { continue };
            let message = format!("`{name}` {does} node {node}, and `{host_name}` has {}", host.numa_nodes);
            let related = at("hosts", host_name).key("numa_nodes");
            let finding = rule.finding(path.key(key), message);
            findings.push(finding.related(related, "its nodes").help("nodes are counted from 0"));
        }
        if numa.membind.is_some() && numa.interleave.is_some() {
            let message = format!("memory of `{name}` is both bound and spread, which numactl refuses");
            findings
                .push(rule.finding(path.key("membind"), message).help("take `membind` or `interleave` out"));
        }
    }
    findings
}
