use crate::{
    deployment::{Condition, Deployment, condition::Restarts},
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    units::Duration,
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert about restarts looks back long enough to see them",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let Condition::Restarts(Restarts { service, more_than, within }) = &alert.when else { continue };
        let Some(load_time) = deployment.services.get(service).and_then(|service| service.load_time) else {
            continue;
        };
        let restarts = usize::try_from(*more_than).unwrap_or(usize::MAX).saturating_add(1);
        let needed = Duration::from_secs(load_time.secs().saturating_mul(u64::from(*more_than) + 1));
        if needed <= *within {
            continue;
        }
        let message = message!(
            "`{alert}` looks back only {within}, but {restarts} of `{service}` can take {needed} if it fails at the end of loading",
            alert = name,
            within,
            restarts = said(count(restarts, "restart"), restarts),
            service,
            needed,
        );
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when");
        let path = path.key("restarts").key("within");
        let help = format!("set `within` to {needed}, or add a `not_serving` alert for `{service}`");
        let finding = rule.finding(path.clone(), message).help(help).fix(path, needed);
        findings.push(finding.related(at("services", service).key("load_time"), "its load time"));
    }
    findings
}
