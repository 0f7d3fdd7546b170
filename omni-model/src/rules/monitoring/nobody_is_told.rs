use crate::{
    deployment::{Deployment, Receiver},
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    names::ServiceName,
    path::ModelPath,
    resolve,
    rules::{Definition, Rule, Scope},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "alerts reach a receiver",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let Some(monitoring) = deployment.monitoring.as_ref().filter(|monitoring| !monitoring.alerts.is_empty())
    else {
        return Vec::new();
    };
    let help = match (&monitoring.alertmanager, &monitoring.receiver) {
        (Some(name), Some(_)) => {
            let receivers = monitoring.receivers();
            return receivers.filter_map(|(key, it)| no_way(rule, deployment, name, key, it)).collect();
        }
        (None, _) => "add a service that runs Alertmanager, and name it in `monitoring.alertmanager`",
        (Some(_), None) => "add `monitoring.receiver`",
    };
    let path = ModelPath::root().key("monitoring").key("alerts");
    let alerts = monitoring.alerts.len();
    let message = message!("nobody is notified of {alerts}", alerts = said(count(alerts, "alert"), alerts));
    vec![rule.finding(path, message).help(help)]
}

/// If only a secret URL says where a receiver is, Alertmanager needs a flow to reach it.
fn no_way(
    rule: &Rule,
    deployment: &Deployment,
    alertmanager: &ServiceName,
    key: &'static str,
    receiver: &Receiver,
) -> Option<Diagnostic> {
    let service = deployment.services.get(alertmanager)?;
    if receiver.at.is_some() || resolve::receiver(deployment, receiver).is_some() {
        return None;
    }
    let from = [alertmanager.as_str(), service.zone.as_str()];
    if service.host_network || deployment.flows.iter().any(|flow| from.contains(&flow.from.as_str())) {
        return None;
    }
    let message = message!(
        "nobody is notified of alerts: no flow leads from `{alertmanager}` to the receiver",
        alertmanager,
    );
    let finding = rule.finding(ModelPath::root().key("monitoring").key(key), message);
    Some(
        finding.help(
            "set `at` to where the receiver is: `internet`, a service's port, or an API with an address",
        ),
    )
}
