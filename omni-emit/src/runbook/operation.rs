//! The chapters for the time after the deployment: what comes up after a reboot, how a part is upgraded, how data come back.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Deployment, ImageSource, Restart, Service, State, Upgrades},
    names::{AbsPath, HostName, ServiceName},
    scenario::Runtime,
};

use crate::{container::title, filters, operations::data, secrets, sh::Sh};

/// How the bundle gets to its machines.
#[derive(Template)]
#[template(path = "runbook/placing.md")]
pub(super) struct Placing {
    place: String,
    commands: String,
    hosts: usize,
    monitoring: bool,
}

#[derive(Template)]
#[template(path = "runbook/operation.md")]
pub(super) struct Operation<'a> {
    deployment: &'a Deployment,
    confirm: String,
    /// The release of k3s, where it is used.
    k3s: Option<String>,
    compose: bool,
    /// Whether a service takes memory of a GPU.
    gpus: bool,
    standbys: bool,
    /// What systemd starts after the engines, where something does.
    boot: Option<String>,
    /// What takes its time before it answers, and how long at most.
    loading: Vec<(String, String)>,
    /// What Docker does not start again by itself.
    down: Vec<String>,
    images: Vec<Image>,
    /// Whether some image is built on the host.
    local: bool,
    held: bool,
    place: String,
    secrets: Option<String>,
    mounts: Vec<AbsPath>,
    models: bool,
    backups: bool,
}

/// A service's image, and what an upgrade of it does.
struct Image {
    service: String,
    reference: String,
    built: bool,
    runs_on: &'static str,
    away: String,
}

/// Where a bundle should lie.
fn place(deployment: &Deployment) -> String {
    format!("/opt/omni/{}", deployment.name)
}

impl Placing {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let deployment = facts.deployment();
        let (name, place) = (deployment.name.as_str(), place(deployment));
        let copy = |host: &omni_model::deployment::Host| {
            format!("rsync -a --delete out/ {}:{}/\n", host.address, Sh(name))
        };
        let copies: String = deployment.hosts.values().map(copy).collect();
        let commands = format!(
            "# where the bundle was emitted to out/\n{copies}\
             # on {}\nsudo rsync -a --delete --chown=root:root --mkpath {name}/ {place}/\n\
             cd {place}/{}",
            if deployment.hosts.len() == 1 { "the host" } else { "each host" },
            facts.option(),
        );
        Self { place, commands, hosts: deployment.hosts.len(), monitoring: deployment.monitoring.is_some() }
    }
}

impl<'a> Operation<'a> {
    pub(super) fn of(facts: &Facts<'a>, confirm: String, has_boot: bool) -> Self {
        let deployment = facts.deployment();
        let hosts = || deployment.hosts.iter();
        let k3s = deployment.cluster.as_ref().filter(|_| facts.has_kubernetes());
        let has_secrets = hosts().any(|(host, _)| secrets::env_file(facts, host) != "/dev/null");
        let has_data = |(name, host): (&HostName, _)| !data::directories(facts, name, host).is_empty();
        Self {
            deployment,
            confirm,
            k3s: k3s.map(|cluster| cluster.k3s.to_string()),
            compose: facts.run_by(Runtime::Compose).next().is_some(),
            gpus: facts.services().any(|(_, service)| !service.vram.is_empty()),
            standbys: facts.services().any(|(_, service)| service.state != State::Active),
            boot: has_boot.then(|| format!("omni-boot-{}.service", deployment.name)),
            loading: facts.active().filter_map(loading).collect(),
            down: facts.active().filter(|(_, service)| stays_down(facts, service)).map(named).collect(),
            images: facts.services().map(|(name, service)| image(facts, name, service)).collect(),
            local: facts.services().any(|(_, service)| service.image.source == ImageSource::Local),
            held: deployment.operations.upgrades == Upgrades::Held,
            place: place(deployment),
            secrets: has_secrets.then(|| secrets::path(deployment.name.as_str())),
            mounts: hosts().filter_map(|(_, host)| Some(host.storage.as_ref()?.mount.clone())).collect(),
            models: !deployment.models.is_empty(),
            backups: hosts().any(has_data),
        }
    }
}

fn named((name, service): (&ServiceName, &Service)) -> String {
    title(name, service).to_owned()
}

fn loading((name, service): (&ServiceName, &Service)) -> Option<(String, String)> {
    Some((title(name, service).to_owned(), service.load_time?.to_string()))
}

/// Docker starts none of these with itself: <https://docs.docker.com/engine/containers/start-containers-automatically/>. A pod is
/// always started.
fn stays_down(facts: &Facts<'_>, service: &Service) -> bool {
    let restarts = matches!(service.restart, Restart::Always | Restart::UnlessStopped);
    !restarts && facts.runtime(service) == Runtime::Compose
}

fn image(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Image {
    Image {
        service: title(name, service).to_owned(),
        reference: service.image.reference.to_string(),
        built: service.image.source == ImageSource::Local,
        runs_on: match facts.runtime(service) {
            Runtime::Compose => "Docker Compose",
            Runtime::Kubernetes => "Kubernetes",
        },
        away: match (&service.state, service.load_time) {
            (State::Standby(_), _) => "nothing: it is a standby".to_owned(),
            (State::Active, Some(time)) => format!("away for up to {time}"),
            (State::Active, None) => "a moment".to_owned(),
        },
    }
}
