//! M008

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
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
        (Some(_), Some(_)) => return Vec::new(),
        (None, _) => "add a service that is Alertmanager, and name it in `monitoring.alertmanager`",
        (Some(_), None) => "add `monitoring.receiver`",
    };
    let path = ModelPath::root().key("monitoring").key("alerts");
    let message = format!("nobody is told of {} alerts", monitoring.alerts.len());
    vec![rule.finding(path, message).help(help)]
}
