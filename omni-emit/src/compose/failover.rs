//! The files of a host as one project of Compose, and how one of its services is started and stopped.

use askama::Template;
use omni_model::{
    Scenario,
    names::{HostName, ServiceName},
};

use super::stack;
use crate::{secrets, step::Script};

/// What `docker compose` is told of a host's files.
pub(super) struct Project {
    /// The project's name: the deployment's.
    pub(super) name: String,
    /// The files that start everything, relative to the bundle.
    pub(super) files: Vec<String>,
    /// The file of secrets.
    pub(super) secrets: String,
}

impl Project {
    pub(super) fn of(scenario: &Scenario<'_>, host: &HostName) -> Self {
        let folder = folder(scenario, host);
        let files = stack::roots(&stack::files(scenario, host));
        Self {
            name: scenario.deployment().name.to_string(),
            files: files.iter().map(|file| format!("{folder}/{file}")).collect(),
            secrets: secrets::env_file(scenario, host),
        }
    }
}

/// The folder of a host's Compose files, relative to the bundle.
pub(super) fn folder(scenario: &Scenario<'_>, host: &HostName) -> String {
    format!("{}compose", scenario.host_folder(host))
}

#[derive(Template)]
#[template(path = "compose/start.sh")]
struct Start<'a> {
    project: Project,
    service: &'a ServiceName,
}

#[derive(Template)]
#[template(path = "compose/stop.sh")]
struct Stop<'a> {
    project: Project,
    service: &'a ServiceName,
}

/// Starts a service of Docker Compose by itself, also one that stands by. What it replaces must be stopped before.
pub(crate) fn start(scenario: &Scenario<'_>, service: &ServiceName) -> Option<Script> {
    let (host, _) = scenario.host(scenario.service(service)?.1)?;
    Some(Script::new(&Start { project: Project::of(scenario, host), service }))
}

/// Stops a service of Docker Compose for good: no restart of Docker or of the host brings it back.
pub(crate) fn stop(scenario: &Scenario<'_>, service: &ServiceName) -> Option<Script> {
    let (host, _) = scenario.host(scenario.service(service)?.1)?;
    Some(Script::new(&Stop { project: Project::of(scenario, host), service }))
}
