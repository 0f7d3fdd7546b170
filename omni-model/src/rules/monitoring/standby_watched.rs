use crate::{
    deployment::{
        Condition, Deployment, State,
        condition::{NotServing, Restarts},
    },
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "no alert or dashboard depends on a standby",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let Some(monitoring) = &deployment.monitoring else { return Vec::new() };
    let root = ModelPath::root().key("monitoring");
    let waits =
        |name: &str| deployment.services.get(name).is_some_and(|service| service.state != State::Active);
    let alerts = monitoring.alerts.iter().filter_map(|(name, alert)| match &alert.when {
        Condition::NotServing(NotServing { service }) | Condition::Restarts(Restarts { service, .. }) => {
            let path = root.key("alerts").key(name).key("when");
            let message = message!(
                "the alert `{alert}` watches `{service}`, a standby that does not run",
                alert = name,
                service
            );
            Some((service.as_str(), path, message))
        }
        _ => None,
    });
    let dashboards = monitoring.dashboards.iter().map(|(name, dashboard)| {
        let path = root.key("dashboards").key(name).key("at");
        let service = dashboard.at.service.as_str();
        let message = message!(
            "the dashboard `{dashboard}` is served by `{service}`, a standby that does not run",
            dashboard = name,
            service,
        );
        (service, path, message)
    });
    let watched = alerts.chain(dashboards).filter(|(service, ..)| waits(service));
    let find = |(service, path, message)| {
        let state = at("services", service).key("state");
        rule.finding(path, message).related(state, "its state").help("name a service that runs")
    };
    watched.map(find).collect()
}
