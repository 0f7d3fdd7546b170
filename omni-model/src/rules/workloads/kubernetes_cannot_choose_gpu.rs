use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::{HostName, ServiceName},
    rules::{Definition, Rule, Scope, at},
    running,
    scenario::Runtime,
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service with GPUs on Kubernetes takes all of its host's, and is alone with them",
    scope: Scope::EachOption(check),
};

type Named<'a> = (&'a HostName, &'a ServiceName, &'a Service);

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut holders: Vec<Named<'_>> = Vec::new();
    for (name, service) in facts.run_by(Runtime::Kubernetes).filter(|(_, s)| !s.vram.is_empty()) {
        let Some((host_name, host)) = facts.host(service) else { continue };
        let path = at("services", name).key("vram");
        let left: Vec<&str> =
            host.gpus.keys().filter(|gpu| !service.vram.contains_key(*gpu)).map(AsRef::as_ref).collect();
        if !left.is_empty() {
            let message = format!(
                "`{name}` takes {} of the {} GPUs of `{host_name}`, and Kubernetes cannot choose which",
                service.vram.len(),
                host.gpus.len()
            );
            let help = format!("let it take {} too, or run it on Docker Compose", list(left));
            findings.push(rule.finding(path.clone(), message).help(help));
        }
        let other = holders
            .iter()
            .find(|(at, other, spec)| *at == host_name && running::may_meet((other, spec), (name, service)));
        if let Some((_, other, _)) = other {
            let message = format!(
                "`{name}` waits forever for the GPUs of `{host_name}`: `{other}` has them, and Kubernetes shares none"
            );
            let help = format!("make it a standby that replaces `{other}`, or run it on Docker Compose");
            let related = at("services", other).key("vram");
            findings.push(rule.finding(path, message).related(related, "the other one").help(help));
        }
        holders.push((host_name, name, service));
    }
    findings
}
