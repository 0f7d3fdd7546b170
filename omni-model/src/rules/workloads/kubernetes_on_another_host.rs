use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service on Kubernetes is on the host of the cluster",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let Some(cluster) = &deployment.cluster else { return Vec::new() };
    let find = |(name, service): (&_, &Service)| {
        let (host, _) = facts.host(service).filter(|(host, _)| **host != cluster.host)?;
        let message = message!(
            "`{name}` runs on Kubernetes, but its host is `{host}` and the cluster is on `{cluster}`",
            name,
            host,
            cluster = cluster.host,
        );
        let path = at("services", name);
        let path = if service.host.is_some() { path.key("host") } else { path };
        let related = ModelPath::root().key("cluster").key("host");
        let help = format!("set `host: {}`, or run its zone on Docker Compose", cluster.host);
        Some(rule.finding(path, message).related(related, "the host of the cluster").help(help))
    };
    facts.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
