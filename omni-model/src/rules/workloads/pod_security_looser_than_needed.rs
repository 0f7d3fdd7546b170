use super::pod_security_violated::{level_path, violations};
use crate::{
    deployment::{Deployment, PodSecurity},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a zone on Kubernetes enforces the strictest Pod Security level that its pods meet",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, zone) in &deployment.zones {
        let pods = || {
            let all = options.iter().flat_map(|facts| facts.run_by(Runtime::Kubernetes));
            all.filter(|(_, service)| service.zone == *name)
        };
        if pods().next().is_none() {
            continue;
        }
        let is_met = |level: &PodSecurity| pods().all(|(name, pod)| violations(name, pod, *level).is_empty());
        let levels = [PodSecurity::Restricted, PodSecurity::Baseline];
        let mut stricter = levels.into_iter().filter(|level| *level < zone.pod_security);
        let Some(met) = stricter.find(is_met) else { continue };
        let message = message!(
            "zone `{zone}` enforces Pod Security `{enforced}`, but its pods also meet `{met}`",
            enforced = zone.pod_security,
            zone = name,
            met,
        );
        let finding = rule.finding(level_path(name, zone.pod_security), message);
        let help = format!("set `pod_security: {met}`");
        findings.push(finding.help(help).fix(at("zones", name).key("pod_security"), met));
    }
    findings
}
