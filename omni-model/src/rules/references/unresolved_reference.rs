use self::report::{Kind, Report};
use crate::{
    deployment::{Action, Condition, Deployment, Monitoring, OpeningTarget},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    resolve::{self, RESERVED},
    rules::{Definition, Rule, Scope, at},
};

mod report;
mod services;

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "each name refers to something in the deployment",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut report = Report::new(rule, deployment);
    services::check(&mut report);
    places(&mut report);
    flows(&mut report);
    monitoring(&mut report);
    report.findings()
}

fn places(report: &mut Report<'_>) {
    let deployment = report.deployment;
    for (name, stack) in &deployment.stacks {
        for (i, included) in stack.includes.iter().enumerate() {
            let path = at("stacks", name).key("includes").index(i);
            report.known(&path, "stack", included.as_str(), &deployment.stacks);
        }
    }
    for (name, option) in &deployment.options {
        for (i, zone) in option.kubernetes.iter().enumerate() {
            let path = at("options", name).key("kubernetes").index(i);
            report.known(&path, "zone", zone.as_str(), &deployment.zones);
        }
    }
    for (name, model) in &deployment.models {
        let path = at("models", name);
        report.host(&path, "model", name.as_str(), model.host.as_ref());
        if let Some(token) = &model.token {
            report.known(&path.key("token"), "secret", token.as_str(), &deployment.secrets);
        }
    }
    for (name, host) in &deployment.hosts {
        if let Some(storage) = &host.storage
            && let Some(directory) = &storage.models
        {
            let path = at("hosts", name).key("storage").key("models");
            report.known(&path, Kind::of("directory", name), directory.as_str(), &storage.directories);
        }
        for (i, opening) in host.openings.iter().enumerate() {
            if let OpeningTarget::Port(of) = &opening.to {
                report.port(&at("hosts", name).key("openings").index(i).key("to"), of);
            }
        }
    }
    if let Some(cluster) = &deployment.cluster {
        let path = ModelPath::root().key("cluster").key("host");
        report.known(&path, "host", cluster.host.as_str(), &deployment.hosts);
    }
}

fn flows(report: &mut Report<'_>) {
    let deployment = report.deployment;
    for (i, flow) in deployment.flows.iter().enumerate() {
        let path = ModelPath::root().key("flows").index(i);
        if resolve::party(deployment, &flow.from).is_none() {
            let names = deployment.services.keys().map(AsRef::as_ref);
            let names = names.chain(deployment.zones.keys().map(AsRef::as_ref));
            let names: Vec<&str> =
                names.chain(deployment.hosts.keys().map(AsRef::as_ref)).chain(RESERVED).collect();
            report.missing(&path, "service, zone or host", flow.from.as_str(), names);
        }
        report.peer(&path, &flow.to);
    }
    for (name, policy) in &deployment.network_policies {
        let path = at("network_policies", name);
        report.known(&path.key("zone"), "zone", policy.zone.as_str(), &deployment.zones);
        for (i, peer) in policy.egress.iter().enumerate() {
            report.peer(&path.key("egress").index(i), peer);
        }
    }
}

fn monitoring(report: &mut Report<'_>) {
    let deployment = report.deployment;
    let Some(monitoring) = &deployment.monitoring else { return };
    let path = ModelPath::root().key("monitoring");
    report.service(&path.key("prometheus"), &monitoring.prometheus);
    let Monitoring { alertmanager, grafana, prober, .. } = monitoring;
    for (key, name) in [("alertmanager", alertmanager), ("grafana", grafana), ("prober", prober)] {
        if let Some(name) = name {
            report.service(&path.key(key), name);
        }
    }
    for (key, receiver) in monitoring.receivers() {
        for (secret_key, secret) in receiver.secrets() {
            let path = path.key(key).key(secret_key);
            report.known(&path, "secret", secret.as_str(), &deployment.secrets);
        }
        if let Some(peer) = &receiver.at {
            report.peer(&path.key(key).key("at"), peer);
        }
    }
    for (name, alert) in &monitoring.alerts {
        let path = path.key("alerts").key(name);
        match &alert.when {
            Condition::Restarts(keys) => {
                report.service(&path.key("when").key("restarts").key("service"), &keys.service)
            }
            Condition::NotServing(keys) => {
                report.service(&path.key("when").key("not_serving").key("service"), &keys.service)
            }
            _ => {}
        }
        if let Some(Action::Stop(service)) = &alert.action {
            report.service(&path.key("action").key("stop"), service);
        }
    }
    for (name, dashboard) in &monitoring.dashboards {
        report.port(&path.key("dashboards").key(name).key("at"), &dashboard.at);
    }
}
