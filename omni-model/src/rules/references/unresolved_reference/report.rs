//! What is said of a name that refers to nothing.

use std::{borrow::Borrow, fmt::Display, hash::Hash};

use indexmap::IndexMap;

use crate::{
    deployment::{Deployment, Peer, PortOf, Service},
    diagnostic::Diagnostic,
    message::{message, said},
    names::{HostName, ServiceName},
    path::ModelPath,
    resolve,
    rules::Rule,
    suggest::did_you_mean,
    words::{count, one_of},
};

/// What a name should refer to: a service, a port of `agent`.
pub(super) struct Kind {
    word: &'static str,
    owner: Option<String>,
}

impl Kind {
    pub(super) fn of(word: &'static str, owner: impl Display) -> Self {
        Self { word, owner: Some(owner.to_string()) }
    }
}

impl From<&'static str> for Kind {
    fn from(word: &'static str) -> Self {
        Self { word, owner: None }
    }
}

/// The findings about a deployment.
pub(super) struct Report<'a> {
    rule: &'a Rule,
    pub(super) deployment: &'a Deployment,
    findings: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(super) fn new(rule: &'a Rule, deployment: &'a Deployment) -> Self {
        Self { rule, deployment, findings: Vec::new() }
    }

    pub(super) fn findings(self) -> Vec<Diagnostic> {
        self.findings
    }

    /// Reports a name that is not a key of a map.
    pub(super) fn known<K: AsRef<str> + Hash + Eq + Borrow<str>, V>(
        &mut self,
        path: &ModelPath,
        kind: impl Into<Kind>,
        name: &str,
        known: &IndexMap<K, V>,
    ) {
        if !known.contains_key(name) {
            self.missing(path, kind, name, known.keys());
        }
    }

    /// Reports a name that does not exist, and the names that do.
    pub(super) fn missing<'n>(
        &mut self,
        path: &ModelPath,
        kind: impl Into<Kind>,
        name: &str,
        known: impl IntoIterator<Item = &'n (impl AsRef<str> + ?Sized + 'n)>,
    ) {
        let Kind { word, owner } = kind.into();
        let known: Vec<&str> = known.into_iter().map(AsRef::as_ref).collect();
        let help = match did_you_mean(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known.is_empty() => format!("add the {word} `{name}`"),
            None => format!("use {}", one_of(known)),
        };
        let message = match owner {
            Some(owner) => message!("`{owner}` has no {kind} `{name}`", owner, kind = word, name),
            None => message!("there is no {kind} `{name}`", kind = word, name),
        };
        self.findings.push(self.rule.finding(path.clone(), message).help(help));
    }

    pub(super) fn service(&mut self, path: &ModelPath, name: &ServiceName) {
        self.known(path, "service", name.as_str(), &self.deployment.services);
    }

    pub(super) fn port(&mut self, path: &ModelPath, of: &PortOf) {
        match self.deployment.services.get(of.service.as_str()) {
            Some(service) => self.port_name(path, of.service.as_str(), of.port.as_str(), service),
            None => self.known(path, "service", of.service.as_str(), &self.deployment.services),
        }
    }

    pub(super) fn port_name(&mut self, path: &ModelPath, owner: &str, port: &str, service: &Service) {
        self.known(path, Kind::of("port", owner), port, &service.ports);
    }

    /// The host of a service, a model or the cluster. It may be left out where the deployment has only one.
    pub(super) fn host(&mut self, path: &ModelPath, kind: &'static str, name: &str, host: Option<&HostName>) {
        let hosts = &self.deployment.hosts;
        match host {
            Some(host) => self.known(&path.key("host"), "host", host.as_str(), hosts),
            None if hosts.len() == 1 => {}
            None => {
                let message = message!(
                    "{kind} `{name}` has no `host`, but the deployment has {hosts}",
                    kind,
                    name,
                    hosts = said(count(hosts.len(), "host"), hosts.len()),
                );
                let help = format!("add `host`: {}", one_of(hosts.keys().map(AsRef::as_ref)));
                self.findings.push(self.rule.finding(path.clone(), message).help(help));
            }
        }
    }

    /// Where a flow leads to.
    pub(super) fn peer(&mut self, path: &ModelPath, peer: &Peer) {
        let name = match peer {
            Peer::Port(of) => return self.port(path, of),
            Peer::Name(_) if resolve::target(self.deployment, peer).is_some() => return,
            Peer::Name(name) => name.as_str(),
        };
        let Some(service) = self.deployment.services.get(name) else {
            let apis = self.deployment.apis.keys().map(AsRef::as_ref);
            let names: Vec<&str> = apis.chain(self.deployment.services.keys().map(AsRef::as_ref)).collect();
            return self.missing(path, "service or API", name, names);
        };
        let message = message!("service `{name}` is named without a port", name);
        let ports: Vec<_> = service.ports.keys().map(|port| format!("{name}.{port}")).collect();
        let help = match ports.as_slice() {
            [] => format!("give `{name}` a port"),
            ports => format!("write {}", one_of(ports.iter().map(String::as_str))),
        };
        self.findings.push(self.rule.finding(path.clone(), message).help(help));
    }
}
