use crate::{
    deployment::{
        Condition, Deployment, State,
        condition::{NotServing, Restarts},
    },
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "what waits is not watched as if it ran",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let Some(monitoring) = &deployment.monitoring else { return Vec::new() };
    let root = ModelPath::root().key("monitoring");
    let waits =
        |name: &str| deployment.services.get(name).is_some_and(|service| service.state != State::Active);
    let alerts = monitoring.alerts.iter().filter_map(|(name, alert)| match &alert.when {
        Condition::NotServing(NotServing { service }) | Condition::Restarts(Restarts { service, .. }) => {
            Some((name.as_str(), service.as_str(), root.key("alerts").key(name).key("when")))
        }
        _ => None,
    });
    let dashboards = monitoring.dashboards.iter().map(|(name, dashboard)| {
        (name.as_str(), dashboard.at.service.as_str(), root.key("dashboards").key(name).key("at"))
    });
    let watched = alerts.chain(dashboards).filter(|(_, service, _)| waits(service));
    let find = |(name, service, path): (&str, &str, ModelPath)| {
        let message = format!("`{name}` is about `{service}`, which is a standby and does not run");
        let related = at("services", service).key("state");
        rule.finding(path, message).related(related, "a standby").help("name a service that runs")
    };
    watched.map(find).collect()
}
