use crate::{
    deployment::{Condition, Deployment, condition::Restarts},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    units::Duration,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert about restarts looks long enough to see them",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let Condition::Restarts(Restarts { service, more_than, within }) = &alert.when else { continue };
        let Some(load_time) = deployment.services.get(service).and_then(|service| service.load_time) else {
            continue;
        };
        let restarts = u64::from(*more_than) + 1;
        let needed = Duration::from_secs(load_time.secs().saturating_mul(restarts));
        if needed <= *within {
            continue;
        }
        let message = format!(
            "`{name}` does not see `{service}` fail at the end of its loading: {restarts} restarts take {needed}, and it looks back {within}"
        );
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when");
        let help = format!("let it look back {needed}, or see to it that `not_serving` is watched too");
        findings.push(rule.finding(path.key("restarts").key("within"), message).help(help));
    }
    findings
}
