use crate::{
    catalog::docker::KNOWN,
    deployment::{Deployment, Host},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "the firewall rules of the Docker release are known",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let (first, last) = (KNOWN.start(), KNOWN.end());
    let unknown = deployment.hosts.iter().filter(|(_, host)| !KNOWN.contains(&host.docker.get()));
    let finding = |(name, host): (_, &Host)| {
        let release = host.docker;
        let like = if release.get() < *first { first } else { last };
        let message = message!(
            "the firewall rules of Docker {release} are unknown: reachability is proven as for Docker {like}",
            release = release.get(),
            like,
        );
        let help = format!("use a known release, from {first} to {last}");
        rule.finding(at("hosts", name).key("docker"), message).help(help)
    };
    unknown.map(finding).collect()
}
