//! The files of a host as one Compose project, and how one of its services is started and stopped.

use askama::Template;
use omni_model::{
    Facts,
    names::{HostName, ServiceName},
};

use super::stack;
use crate::{secrets, step::Script};

/// The arguments of `docker compose` for a host.
pub(crate) struct Project {
    /// The project's name, which is that of the deployment.
    pub(crate) name: String,
    /// The files that together start everything, relative to the bundle.
    pub(crate) files: Vec<String>,
    /// The file of secrets.
    pub(crate) secrets: String,
}

impl Project {
    /// The project of a host.
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

/// Starts a single service, even a standby, which has no replicas by default. The services that it replaces must have been stopped. The
/// script that contains this must include `compose/project.sh`.
pub(crate) fn start(service: &ServiceName) -> Script {
    Script::new(&Start { service })
}

/// Removes a service's container, so that no restart policy can start it again. Its data are not in the container. As for [`start`], the
/// script must include `compose/project.sh`.
pub(crate) fn stop(service: &ServiceName) -> Script {
    Script::new(&Stop { service })
}
