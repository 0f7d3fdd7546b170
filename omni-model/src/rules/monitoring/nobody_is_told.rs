use crate::{
    deployment::{Deployment, Receiver},
    diagnostic::{Diagnostic, Severity},
    names::ServiceName,
    path::ModelPath,
    resolve,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "somebody is told of an alert",
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
        (None, _) => "add a service that is Alertmanager, and name it in `monitoring.alertmanager`",
        (Some(_), None) => "add `monitoring.receiver`",
    };
    let path = ModelPath::root().key("monitoring").key("alerts");
    let message = format!("nobody is told of {} alerts", monitoring.alerts.len());
    vec![rule.finding(path, message).help(help)]
}

/// Where only a secret URL says where a receiver is, Alertmanager has to be let go somewhere by a flow.
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
    let message = format!("nobody is told of alerts: no flow lets `{alertmanager}` go to the receiver");
    let finding = rule.finding(ModelPath::root().key("monitoring").key(key), message);
    Some(finding.help("say where it is in `at`: `internet`, a service's port, or an API with its address"))
}
