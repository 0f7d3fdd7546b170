//! The step that starts the services of a host on Docker Compose.

use std::collections::HashSet;

use askama::Template;
use indexmap::IndexSet;
use omni_model::{
    Facts,
    deployment::{ImageSource, Service, State},
    names::{HostName, ImageRef, ServiceName},
};

use super::{
    failover::{Project, folder},
    readable,
    service::{needs_names, resolv_conf},
    stack,
};
use crate::{
    boot, checks, container, firewall, gpus, gvisor, k3s, models,
    provision::Provider,
    secrets,
    stand_ins::stand_ins,
    step::{Check, CheckKind, Script, Step, StepId},
    storage, sysctl,
    text::counted,
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("compose");

/// The check that the containers run.
const RUNNING: CheckKind = CheckKind::new("containers");

/// The first release in which `include` works as documented.
/// <https://docs.docker.com/compose/how-tos/multiple-compose-files/include/>
const OLDEST: &str = "2.20.3";

#[derive(Template)]
#[template(path = "compose/apply.sh")]
struct Apply<'a> {
    project: &'a Project,
    oldest: &'static str,
    gpus: bool,
    sandboxed: bool,
    /// The images that the operator has built.
    images: IndexSet<&'a ImageRef>,
    /// Refusals to start while a standby runs that must not run beside these services.
    stand_ins: Vec<Script>,
    /// The file of name servers, if a sandboxed container needs it.
    resolv_conf: Option<String>,
    readable: Option<Script>,
}

#[derive(Template)]
#[template(path = "compose/rollback.sh")]
struct Rollback<'a> {
    project: &'a Project,
}

#[derive(Template)]
#[template(path = "compose/verify-running.sh")]
struct Running<'a> {
    /// With their load times in seconds.
    containers: Vec<(&'a str, u64)>,
}

#[derive(Template)]
#[template(path = "compose/verify-mounts.sh")]
struct Mounts<'a> {
    project: &'a str,
}

#[derive(Template)]
#[template(path = "compose/verify-sandbox.sh")]
struct Sandbox<'a> {
    containers: &'a [&'a str],
}

#[derive(Template)]
#[template(path = "compose/verify-restarts.sh")]
struct Restarts<'a> {
    containers: &'a [&'a str],
    window: u64,
}

type Named<'a> = (&'a ServiceName, &'a Service);

/// The step of a host, if it runs anything on Docker Compose.
pub(super) fn step(facts: &Facts<'_>, providers: &[Provider], host: &HostName) -> Option<Step> {
    let services = container::on_compose(facts, host);
    if services.is_empty() {
        return None;
    }
    let active = services.into_iter().filter(|(_, service)| service.state == State::Active);
    let active: Vec<Named<'_>> = active.collect();
    let project = Project::of(facts, host);
    let files = stack::files(facts, host);
    let deployment = facts.deployment();
    let local = active.iter().filter(|(_, service)| service.image.source == ImageSource::Local);
    let names = active.iter().any(|(name, service)| needs_names(facts, name, service));
    let apply = Apply {
        project: &project,
        oldest: OLDEST,
        gpus: active.iter().any(|(_, service)| !service.vram.is_empty()),
        sandboxed: active.iter().any(|(_, service)| facts.is_sandboxed(service)),
        images: local.map(|(_, service)| &service.image.reference).collect(),
        stand_ins: stand_ins(facts, host, active.iter().copied()),
        resolv_conf: names.then(|| resolv_conf(deployment.name.as_str())),
        readable: readable(facts, providers, host),
    };
    Some(Step {
        host: host.clone(),
        id: STEP,
        title: "Services on Docker Compose".to_owned(),
        targets: format!("{}, network {}", counted(active.len(), "container"), deployment.network.bridge),
        follows: &[
            sysctl::STEP,
            storage::STEP,
            models::STEP,
            secrets::STEP,
            gvisor::STEP,
            gpus::STEP,
            gpus::WATCH,
            k3s::STEP,
            firewall::STEP,
            boot::STEP,
        ],
        reboot: false,
        touches_data: false,
        artifacts: files.iter().map(|file| file.artifact(facts, providers, &folder(facts, host))).collect(),
        remember: Script::default(),
        apply: Script::new(&apply),
        verify: verify(facts, &active),
        rollback: Script::new(&Rollback { project: &project }),
    })
}

fn verify(facts: &Facts<'_>, active: &[Named<'_>]) -> Vec<Check> {
    let containers: Vec<_> = active.iter().map(|(name, service)| service.container(name)).collect();
    let locked = active.iter().filter(|(_, service)| facts.is_sandboxed(service));
    let locked: Vec<_> = locked.map(|(name, service)| service.container(name)).collect();
    let running = Check::new(
        RUNNING,
        "Containers running",
        format!("running: {}", counted(containers.len(), "container")),
        Script::new(&Running {
            containers: active
                .iter()
                .map(|(name, service)| (service.container(name), checks::load_seconds(service)))
                .collect(),
        }),
    );
    let sandbox = Check::new(
        checks::SANDBOX.of("containers"),
        "Sandboxed containers isolated",
        "the runtime runsc, and gVisor's kernel in /proc/version",
        Script::new(&Sandbox { containers: &locked }),
    )
    .after(RUNNING);
    let mounts = Check::new(
        "mounts",
        "Mounted files present",
        "the files that containers mount exist, so that the containers can start again",
        Script::new(&Mounts { project: facts.deployment().name.as_str() }),
    );
    let restarts = facts.deployment().operations.restart_watch.map(|window| {
        Check::new(
            checks::RESTARTS.of("containers"),
            "No restart loops of containers",
            format!("each has run for {window} without a restart"),
            Script::new(&Restarts { containers: &containers, window: window.secs() }),
        )
        .after(RUNNING)
    });
    let sandbox = (!locked.is_empty()).then_some(sandbox);
    // A service that uses no GPU memory only monitors the GPU.
    let uses_gpus = |(_, service): &&Named<'_>| service.vram.values().any(|amount| !amount.is_zero());
    let host = active.iter().find(uses_gpus).and_then(|(_, service)| facts.host(service));
    let gpus = host.and_then(|(name, host)| checks::gpus(facts, name, host));
    let inside =
        active.iter().filter_map(|(name, service)| checks::gpus_inside(facts, name, service, RUNNING));
    let inside: Vec<_> = inside.collect();
    let inference = active.iter().flat_map(|(name, service)| checks::inference(facts, name, service));
    let here: HashSet<_> = active.iter().map(|(name, _)| *name).collect();
    let is_here = |name: &ServiceName, _: &_| here.contains(name);
    let routes = checks::routes(facts, is_here, RUNNING);
    gpus.into_iter()
        .chain([running, mounts])
        .chain(sandbox)
        .chain(inside)
        .chain(inference)
        .chain(routes)
        .chain(restarts)
        .collect()
}
