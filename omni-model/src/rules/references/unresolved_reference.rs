use std::{borrow::Borrow, hash::Hash};

use indexmap::IndexMap;

use crate::{
    deployment::{
        Action, Condition, Deployment, Health, Monitoring, OpeningTarget, Part, Peer, PortOf, Service, State,
        Volume,
    },
    diagnostic::{Diagnostic, Severity},
    names::ServiceName,
    path::ModelPath,
    resolve::{self, RESERVED},
    rules::{Definition, Rule, Scope, at},
    suggest::did_you_mean,
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "every name stands for something in the deployment",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut names = Names { rule, deployment, findings: Vec::new() };
    names.services();
    names.places();
    names.flows();
    names.monitoring();
    names.findings
}

struct Names<'a> {
    rule: &'a Rule,
    deployment: &'a Deployment,
    findings: Vec<Diagnostic>,
}

impl Names<'_> {
    /// Reports a name that is not a key of what exists.
    fn known<K: AsRef<str> + Hash + Eq + Borrow<str>, V>(
        &mut self,
        path: &ModelPath,
        what: &str,
        name: &str,
        known: &IndexMap<K, V>,
    ) {
        if !known.contains_key(name) {
            self.missing(path, what, name, known.keys());
        }
    }

    /// Reports a name that does not exist, and what does.
    fn missing<'n>(
        &mut self,
        path: &ModelPath,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n (impl AsRef<str> + ?Sized + 'n)>,
    ) {
        let known: Vec<&str> = known.into_iter().map(AsRef::as_ref).collect();
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known.is_empty() => format!("there is no {what} yet: add it"),
            None => format!("there are {}", list(known)),
        };
        let message = format!("there is no {what} `{name}`");
        self.findings.push(self.rule.finding(path.clone(), message).help(help));
    }

    fn service(&mut self, path: &ModelPath, name: &ServiceName) {
        self.known(path, "service", name.as_str(), &self.deployment.services);
    }

    fn port(&mut self, path: &ModelPath, of: &PortOf) {
        match self.deployment.services.get(of.service.as_str()) {
            Some(service) => self.port_name(path, of.service.as_str(), of.port.as_str(), service),
            None => self.known(path, "service", of.service.as_str(), &self.deployment.services),
        }
    }

    fn port_name(&mut self, path: &ModelPath, of: &str, port: &str, service: &Service) {
        self.known(path, &format!("port of `{of}`"), port, &service.ports);
    }

    fn host(&mut self, path: &ModelPath, what: &str, host: Option<&crate::names::HostName>) {
        match host {
            Some(host) => self.known(&path.key("host"), "host", host.as_str(), &self.deployment.hosts),
            None if self.deployment.hosts.len() == 1 => {}
            None => {
                let message = format!("{what} names no host, and there are {}", self.deployment.hosts.len());
                let help =
                    format!("add `host`: one of {}", list(self.deployment.hosts.keys().map(AsRef::as_ref)));
                self.findings.push(self.rule.finding(path.clone(), message).help(help));
            }
        }
    }

    fn services(&mut self) {
        for (name, service) in &self.deployment.services {
            let path = at("services", name);
            self.host(&path, &format!("service `{name}`"), service.host.as_ref());
            self.known(&path.key("zone"), "zone", service.zone.as_str(), &self.deployment.zones);
            self.known(&path.key("stack"), "stack", service.stack.as_str(), &self.deployment.stacks);
            for (i, option) in service.options.iter().enumerate() {
                self.known(
                    &path.key("options").index(i),
                    "option",
                    option.as_str(),
                    &self.deployment.options,
                );
            }
            if let State::Standby(standby) = &service.state {
                for (i, replaced) in standby.replaces.iter().enumerate() {
                    self.service(&path.key("state").key("standby").key("replaces").index(i), replaced);
                }
            }
            for (variable, secret) in &service.secrets {
                let path = path.key("secrets").key(variable);
                self.known(&path, "secret", secret.as_str(), &self.deployment.secrets);
            }
            for (i, model) in service.models.iter().enumerate() {
                self.known(&path.key("models").index(i), "model", model.as_str(), &self.deployment.models);
            }
            self.on_host(&path, service);
            self.endpoints(&path, name, service);
            self.templates(&path, name, service);
        }
    }

    /// What a service names of its host.
    fn on_host(&mut self, path: &ModelPath, service: &Service) {
        let Some((name, host)) = resolve::host(self.deployment, service) else { return };
        for gpu in service.vram.keys() {
            self.known(&path.key("vram").key(gpu), &format!("GPU of `{name}`"), gpu.as_str(), &host.gpus);
        }
        let none = IndexMap::new();
        let directories = host.storage.as_ref().map_or(&none, |storage| &storage.directories);
        for (target, volume) in &service.volumes {
            if let Volume::Data(directory) | Volume::ReadOnly(directory) = volume {
                let path = path.key("volumes").key(target);
                self.known(&path, &format!("directory of `{name}`"), directory.as_str(), directories);
            }
        }
    }

    fn endpoints(&mut self, path: &ModelPath, name: &ServiceName, service: &Service) {
        let mut port = |path: ModelPath, port: &crate::names::PortName| {
            self.port_name(&path, name.as_str(), port.as_str(), service);
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

    fn templates(&mut self, path: &ModelPath, name: &ServiceName, service: &Service) {
        for (path, template) in service.templates(path) {
            for part in template.parts() {
                match part {
                    Part::Text(_) => {}
                    Part::OwnPort(port) => self.port_name(&path, name.as_str(), port.as_str(), service),
                    Part::Endpoint(of) => self.port(&path, of),
                    Part::Model(model) if service.models.contains(model) => {}
                    Part::Model(model) => {
                        self.missing(&path, &format!("model of `{name}`"), model.as_str(), &service.models);
                    }
                }
            }
        }
    }

    fn places(&mut self) {
        let deployment = self.deployment;
        for (name, stack) in &deployment.stacks {
            for (i, included) in stack.includes.iter().enumerate() {
                let path = at("stacks", name).key("includes").index(i);
                self.known(&path, "stack", included.as_str(), &deployment.stacks);
            }
        }
        for (name, option) in &deployment.options {
            for (i, zone) in option.kubernetes.iter().enumerate() {
                let path = at("options", name).key("kubernetes").index(i);
                self.known(&path, "zone", zone.as_str(), &deployment.zones);
            }
        }
        for (name, model) in &deployment.models {
            let path = at("models", name);
            self.host(&path, &format!("model `{name}`"), model.host.as_ref());
            if let Some(token) = &model.token {
                self.known(&path.key("token"), "secret", token.as_str(), &deployment.secrets);
            }
        }
        for (name, host) in &deployment.hosts {
            if let Some((directory, storage)) =
                host.storage.as_ref().and_then(|s| Some((s.models.as_ref()?, s)))
            {
                let path = at("hosts", name).key("storage").key("models");
                self.known(
                    &path,
                    &format!("directory of `{name}`"),
                    directory.as_str(),
                    &storage.directories,
                );
            }
            for (i, opening) in host.openings.iter().enumerate() {
                if let OpeningTarget::Port(of) = &opening.to {
                    self.port(&at("hosts", name).key("openings").index(i).key("to"), of);
                }
            }
        }
        if let Some(cluster) = &deployment.cluster {
            self.host(&ModelPath::root().key("cluster"), "the cluster", Some(&cluster.host));
        }
    }

    fn flows(&mut self) {
        let deployment = self.deployment;
        for (i, flow) in deployment.flows.iter().enumerate() {
            let path = ModelPath::root().key("flows").index(i);
            if resolve::party(deployment, &flow.from).is_none() {
                let names = deployment.services.keys().map(AsRef::as_ref);
                let names = names.chain(deployment.zones.keys().map(AsRef::as_ref));
                let names: Vec<&str> =
                    names.chain(deployment.hosts.keys().map(AsRef::as_ref)).chain(RESERVED).collect();
                self.missing(&path, "service, zone or host", flow.from.as_str(), names);
            }
            self.peer(&path, &flow.to);
        }
        for (name, policy) in &deployment.network_policies {
            let path = at("network_policies", name);
            self.known(&path.key("zone"), "zone", policy.zone.as_str(), &deployment.zones);
            for (i, peer) in policy.egress.iter().enumerate() {
                self.peer(&path.key("egress").index(i), peer);
            }
        }
    }

    fn peer(&mut self, path: &ModelPath, peer: &Peer) {
        match peer {
            Peer::Port(of) => self.port(path, of),
            Peer::Name(name)
                if resolve::target(self.deployment, peer).is_some() || name.as_str() == "internet" => {}
            Peer::Name(name) => match self.deployment.services.get(name.as_str()) {
                Some(service) => {
                    let message = format!("`{name}` is a service, and a flow goes to one of its ports");
                    let ports: Vec<_> = service.ports.keys().map(|port| format!("{name}.{port}")).collect();
                    let help = match ports.as_slice() {
                        [] => format!("give `{name}` a port"),
                        ports => format!("write {}", list(ports.iter().map(String::as_str))),
                    };
                    self.findings.push(self.rule.finding(path.clone(), message).help(help));
                }
                None => {
                    let apis = self.deployment.apis.keys().map(AsRef::as_ref);
                    let names: Vec<&str> =
                        apis.chain(self.deployment.services.keys().map(AsRef::as_ref)).collect();
                    self.missing(path, "service or API", name.as_str(), names);
                }
            },
        }
    }

    fn monitoring(&mut self) {
        let Some(monitoring) = &self.deployment.monitoring else { return };
        let path = ModelPath::root().key("monitoring");
        self.service(&path.key("prometheus"), &monitoring.prometheus);
        let Monitoring { alertmanager, grafana, prober, .. } = monitoring;
        for (key, name) in [("alertmanager", alertmanager), ("grafana", grafana), ("prober", prober)] {
            if let Some(name) = name {
                self.service(&path.key(key), name);
            }
        }
        for (key, receiver) in monitoring.receivers() {
            for (secret_key, secret) in receiver.secrets() {
                let path = path.key(key).key(secret_key);
                self.known(&path, "secret", secret.as_str(), &self.deployment.secrets);
            }
            if let Some(peer) = &receiver.at {
                self.peer(&path.key(key).key("at"), peer);
            }
        }
        for (name, alert) in &monitoring.alerts {
            let path = path.key("alerts").key(name);
            match &alert.when {
                Condition::Restarts(keys) => {
                    self.service(&path.key("when").key("restarts").key("service"), &keys.service)
                }
                Condition::NotServing(keys) => {
                    self.service(&path.key("when").key("not_serving").key("service"), &keys.service)
                }
                _ => {}
            }
            if let Some(Action::Stop(service)) = &alert.action {
                self.service(&path.key("action").key("stop"), service);
            }
        }
        for (name, dashboard) in &monitoring.dashboards {
            self.port(&path.key("dashboards").key(name).key("at"), &dashboard.at);
        }
    }
}
