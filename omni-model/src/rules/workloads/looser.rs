//! W023

use super::security::violations;
use crate::{
    deployment::{Deployment, PodSecurity},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// What nobody needs, nobody is given.
pub(crate) static RULE: Rule = Rule {
    id: "W023",
    name: "pod-security-looser-than-needed",
    severity: Severity::Warning,
    summary: "a zone on Kubernetes allows its pods no more than they need",
    docs: include_str!("looser.md"),
    check: Check::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, scenarios: &[Scenario<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, zone) in &deployment.zones {
        let pods = || {
            let all = scenarios.iter().flat_map(|scenario| scenario.run_by(Runtime::Kubernetes));
            all.filter(|(_, service)| service.zone == *name)
        };
        let keeps = |level: &PodSecurity| pods().all(|(name, pod)| violations(name, pod, *level).is_empty());
        let stricter = [PodSecurity::Restricted, PodSecurity::Baseline];
        let enough = stricter.into_iter().filter(|level| *level < zone.pod_security).find(keeps);
        let Some(enough) = enough.filter(|_| pods().next().is_some()) else { continue };
        let message =
            format!("zone `{name}` allows `{}`, and its pods keep to `{enough}`", zone.pod_security);
        let path = at("zones", name).key("pod_security");
        findings.push(rule.finding(path, message).help(format!("say `pod_security: {enough}`")));
    }
    findings
}
