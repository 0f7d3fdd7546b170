use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{Names, message, said},
    names::{HostName, ServiceName},
    rules::{Definition, Rule, Scope, at},
    running,
    scenario::Runtime,
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service with GPUs on Kubernetes uses every GPU of its host, and shares none",
    scope: Scope::EachOption(check),
};

/// A service that uses the GPUs of a host.
type Holder<'a> = (&'a HostName, &'a ServiceName, &'a Service);

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut holders: Vec<Holder<'_>> = Vec::new();
    for (name, service) in facts.run_by(Runtime::Kubernetes).filter(|(_, s)| !s.vram.is_empty()) {
        let Some((host_name, host)) = facts.host(service) else { continue };
        let path = at("services", name).key("vram");
        let unused: Vec<_> = host.gpus.keys().filter(|gpu| !service.vram.contains_key(*gpu)).collect();
        if !unused.is_empty() {
            let message = message!(
                "`{name}` uses {used} of the {gpus} of `{host}`, but Kubernetes cannot choose which",
                name,
                used = service.vram.len(),
                gpus = said(count(host.gpus.len(), "GPU"), host.gpus.len()),
                host = host_name,
            );
            let unused: Names = unused.into_iter().collect();
            let help = format!("add {unused} to its `vram`, or run its zone on Docker Compose");
            findings.push(rule.finding(path.clone(), message).help(help));
        }
        let holder = holders.iter().find(|(on, holder, spec)| {
            *on == host_name && running::may_meet((holder, spec), (name, service))
        });
        if let Some((_, holder, _)) = holder {
            let message = message!(
                "`{name}` waits forever for the GPUs of `{host}`: `{holder}` has them, and Kubernetes does not share them",
                name,
                host = host_name,
                holder,
            );
            let finding =
                rule.finding(path, message).related(at("services", holder).key("vram"), "the other service");
            let help =
                format!("make it a standby that replaces `{holder}`, or run its zone on Docker Compose");
            findings.push(finding.help(help));
        }
        holders.push((host_name, name, service));
    }
    findings
}
