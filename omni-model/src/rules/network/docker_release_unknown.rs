use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    registry::docker::KNOWN,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "the release of Docker Engine is one whose firewall rules are known",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let (first, last) = (KNOWN.start(), KNOWN.end());
    let unknown = deployment.hosts.iter().filter(|(_, host)| !KNOWN.contains(&host.docker.get()));
    let finding = |(name, host): (_, &crate::deployment::Host)| {
        let release = host.docker;
        let like = if release.get() < *first { first } else { last };
        let message = format!(
            "the firewall rules of Docker {release} are not known: who reaches whom is proven as for {like}"
        );
        let help = format!("known are the releases from {first} to {last}");
        rule.finding(at("hosts", name).key("docker"), message).help(help)
    };
    unknown.map(finding).collect()
}
