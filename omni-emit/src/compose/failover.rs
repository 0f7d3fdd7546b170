//! The files of a host as one project of Compose, and how one of its services is started and stopped.

use askama::Template;
use omni_model::{
    Facts,
    names::{HostName, ServiceName},
};

use super::stack;
use crate::{secrets, step::Script};

/// What `docker compose` is told of a host's files.
pub(crate) struct Project {
    /// The project's name: the deployment's.
    pub(crate) name: String,
    /// The files that start everything, relative to the bundle.
    pub(crate) files: Vec<String>,
    /// The file of secrets.
    pub(crate) secrets: String,
}

impl Project {
    /// Of the files of a host.
    pub(crate) fn of(facts: &Facts<'_>, host: &HostName) -> Self {
        let folder = folder(facts, host);
        let files = stack::roots(&stack::files(facts, host));
        Self {
            name: facts.deployment().name.to_string(),
            files: files.iter().map(|file| format!("{folder}/{file}")).collect(),
            secrets: secrets::env_file(facts, host),
        }
    }
}

/// The folder of a host's Compose files, relative to the bundle.
pub(super) fn folder(facts: &Facts<'_>, host: &HostName) -> String {
    format!("{}compose", facts.host_folder(host))
}

#[derive(Template)]
#[template(path = "compose/start.sh")]
struct Start<'a> {
    service: &'a ServiceName,
}

#[derive(Template)]
#[template(path = "compose/stop.sh")]
struct Stop<'a> {
    service: &'a ServiceName,
}

/// Starts a service by itself, also one that stands by: it has no replicas until it is told otherwise. What it replaces must be
/// stopped before. The script that this becomes a part of includes `compose/project.sh`.
pub(crate) fn start(service: &ServiceName) -> Script {
    Script::new(&Start { service })
}

/// Stops a service for good: without a container there is nothing that a restart policy could bring back, and its data are not
/// in it. As for [`start`], the script includes `compose/project.sh`.
pub(crate) fn stop(service: &ServiceName) -> Script {
    Script::new(&Stop { service })
}
