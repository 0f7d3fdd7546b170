//! The names that services use.

use indexmap::IndexMap;

use super::report::{Kind, Report};
use crate::{
    deployment::{Health, Part, Service, State, Volume},
    names::{PortName, ServiceName},
    path::ModelPath,
    resolve,
    rules::at,
};

pub(super) fn check(report: &mut Report<'_>) {
    let deployment = report.deployment;
    for (name, service) in &deployment.services {
        let path = at("services", name);
        report.host(&path, "service", name.as_str(), service.host.as_ref());
        report.known(&path.key("zone"), "zone", service.zone.as_str(), &deployment.zones);
        report.known(&path.key("stack"), "stack", service.stack.as_str(), &deployment.stacks);
        for (i, option) in service.options.iter().enumerate() {
            report.known(&path.key("options").index(i), "option", option.as_str(), &deployment.options);
        }
        if let State::Standby(standby) = &service.state {
            for (i, replaced) in standby.replaces.iter().enumerate() {
                report.service(&path.key("state").key("standby").key("replaces").index(i), replaced);
            }
        }
        for (variable, secret) in &service.secrets {
            let path = path.key("secrets").key(variable);
            report.known(&path, "secret", secret.as_str(), &deployment.secrets);
        }
        for (i, model) in service.models.iter().enumerate() {
            report.known(&path.key("models").index(i), "model", model.as_str(), &deployment.models);
        }
        on_host(report, &path, service);
        endpoints(report, &path, name, service);
        templates(report, &path, name, service);
    }
}

/// The GPUs and directories of its host that a service uses.
fn on_host(report: &mut Report<'_>, path: &ModelPath, service: &Service) {
    let Some((name, host)) = resolve::host(report.deployment, service) else { return };
    for gpu in service.vram.keys() {
        report.known(&path.key("vram").key(gpu), Kind::of("GPU", name), gpu.as_str(), &host.gpus);
    }
    let none = IndexMap::new();
    let directories = host.storage.as_ref().map_or(&none, |storage| &storage.directories);
    for (target, volume) in &service.volumes {
        if let Volume::Data(directory) | Volume::ReadOnly(directory) = volume {
            let path = path.key("volumes").key(target);
            report.known(&path, Kind::of("directory", name), directory.as_str(), directories);
        }
    }
}

fn endpoints(report: &mut Report<'_>, path: &ModelPath, name: &ServiceName, service: &Service) {
    let mut port = |path: ModelPath, port: &PortName| {
        report.port_name(&path, name.as_str(), port.as_str(), service);
    };
    match &service.health {
        Some(Health::Http(http)) => port(path.key("health").key("http").key("port"), &http.port),
        Some(Health::Tcp(name)) => port(path.key("health").key("tcp"), name),
        Some(Health::Command(_)) | None => {}
    }
    if let Some(metrics) = &service.metrics {
        port(path.key("metrics").key("port"), &metrics.port);
    }
    if let Some(inference) = &service.inference {
        port(path.key("inference").key("port"), &inference.port);
    }
}

fn templates(report: &mut Report<'_>, path: &ModelPath, name: &ServiceName, service: &Service) {
    for (path, template) in service.templates(path) {
        for part in template.parts() {
            match part {
                Part::Text(_) => {}
                Part::OwnPort(port) => report.port_name(&path, name.as_str(), port.as_str(), service),
                Part::Endpoint(of) => report.port(&path, of),
                Part::Model(model) if service.models.contains(model) => {}
                Part::Model(model) => {
                    report.missing(&path, Kind::of("model", name), model.as_str(), &service.models);
                }
            }
        }
    }
}
