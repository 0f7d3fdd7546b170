//! M008

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    names::ServiceName,
    path::ModelPath,
    rules::{Check, Rule},
};

/// An alert that nobody gets is a line in a database.
pub(crate) static RULE: Rule = Rule {
    id: "M008",
    name: "nobody-is-told",
    severity: Severity::Warning,
    summary: "somebody is told of an alert",
    docs: include_str!("receiver.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let Some(monitoring) = deployment.monitoring.as_ref().filter(|monitoring| !monitoring.alerts.is_empty())
    else {
        return Vec::new();
    };
    let help = match (&monitoring.alertmanager, &monitoring.receiver) {
        (Some(name), Some(_)) => return no_way(rule, deployment, name),
        (None, _) => "add a service that is Alertmanager, and name it in `monitoring.alertmanager`",
        (Some(_), None) => "add `monitoring.receiver`",
    };
    let path = ModelPath::root().key("monitoring").key("alerts");
    let message = format!("nobody is told of {} alerts", monitoring.alerts.len());
    vec![rule.finding(path, message).help(help)]
}

/// Where the receiver is, its secret URL alone says: somewhere Alertmanager has to be let go.
fn no_way(rule: &Rule, deployment: &Deployment, alertmanager: &ServiceName) -> Vec<Diagnostic> {
    let Some(service) = deployment.services.get(alertmanager) else { return Vec::new() };
    let from = [alertmanager.as_str(), service.zone.as_str()];
    if service.host_network || deployment.flows.iter().any(|flow| from.contains(&flow.from.as_str())) {
        return Vec::new();
    }
    let message = format!("nobody is told of alerts: no flow lets `{alertmanager}` go to the receiver");
    let finding = rule.finding(ModelPath::root().key("monitoring").key("receiver"), message);
    vec![finding.help(format!("declare the flow `{alertmanager} -> internet`, or the service that it tells"))]
}
