use super::pod_security_violated::violations;
use crate::{
    deployment::{Deployment, PodSecurity},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a zone on Kubernetes allows its pods no more than they need",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, zone) in &deployment.zones {
        let pods = || {
            let all = options.iter().flat_map(|facts| facts.run_by(Runtime::Kubernetes));
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
