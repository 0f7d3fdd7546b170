//! The step that starts what a host runs on Docker Compose.

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
    service::{is_sandboxed, needs_names, resolv_conf},
    services, stack,
};
use crate::{
    checks, operations,
    step::{Check, Family, Script, Step},
};

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
    /// What the operator has built.
    images: IndexSet<&'a ImageRef>,
    /// What must not run beside what is started.
    stand_ins: Vec<Script>,
    /// The file of name servers, where a sandboxed container needs one.
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
pub(super) fn step(facts: &Facts<'_>, host: &HostName) -> Option<Step> {
    let services = services(facts, host);
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
        sandboxed: active.iter().any(|(_, service)| is_sandboxed(facts, service)),
        images: local.map(|(_, service)| &service.image.reference).collect(),
        stand_ins: operations::stand_ins(facts, host, active.iter().copied()),
        resolv_conf: names.then(|| resolv_conf(deployment.name.as_str())),
        readable: readable(facts, host),
    };
    Some(Step {
        family: Family::Compose,
        host: host.clone(),
        phase: if facts.has_kubernetes() { "2.5" } else { "2.A" },
        name: "compose",
        title: "Services on Docker Compose".to_owned(),
        targets: format!("{} containers, network {}", active.len(), deployment.network.bridge),
        follows: &[
            "sysctl",
            "storage",
            "models",
            "secrets",
            "gvisor",
            "gpus",
            "gpu-watch",
            "k3s",
            "firewall",
            "boot",
        ],
        reboot: false,
        touches_data: false,
        artifacts: files.iter().map(|file| file.artifact(facts, &folder(facts, host))).collect(),
        remember: Script::default(),
        apply: Script::new(&apply),
        verify: verify(facts, &active),
        rollback: Script::new(&Rollback { project: &project }),
    })
}

fn verify(facts: &Facts<'_>, active: &[Named<'_>]) -> Vec<Check> {
    let containers: Vec<_> = active.iter().map(|(name, service)| service.container(name)).collect();
    let locked = active.iter().filter(|(_, service)| is_sandboxed(facts, service));
    let locked: Vec<_> = locked.map(|(name, service)| service.container(name)).collect();
    let running = Check {
        name: "containers".to_owned(),
        title: "Containers running".to_owned(),
        expected: format!("{} run", containers.len()),
        after: None,
        script: Script::new(&Running {
            containers: active
                .iter()
                .map(|(name, service)| (service.container(name), checks::load_seconds(service)))
                .collect(),
        }),
    };
    let after = Some(running.name.clone());
    let sandbox = Check {
        name: "sandbox-containers".to_owned(),
        title: "Sandboxed containers isolated".to_owned(),
        expected: "runtime runsc, and gVisor's kernel in /proc/version".to_owned(),
        after: after.clone(),
        script: Script::new(&Sandbox { containers: &locked }),
    };
    let mounts = Check {
        name: "mounts".to_owned(),
        title: "Mounted files in their places".to_owned(),
        expected: "what containers mount is there, so that they can start again".to_owned(),
        after: None,
        script: Script::new(&Mounts { project: facts.deployment().name.as_str() }),
    };
    let restarts = facts.deployment().operations.restart_watch.map(|window| Check {
        name: "restarts-containers".to_owned(),
        title: "No restart loops of containers".to_owned(),
        expected: format!("each has run for {window} without a restart"),
        after,
        script: Script::new(&Restarts { containers: &containers, window: window.secs() }),
    });
    let sandbox = (!locked.is_empty()).then_some(sandbox);
    // Who takes no memory of a GPU only looks at it.
    let uses_gpus = |(_, service): &&Named<'_>| service.vram.values().any(|amount| !amount.is_zero());
    let host = active.iter().find(uses_gpus).and_then(|(_, service)| facts.host(service));
    let gpus = host.and_then(|(name, host)| checks::gpus(facts, name, host));
    let inside =
        active.iter().filter_map(|(name, service)| checks::gpus_inside(facts, name, service, &running.name));
    let inside: Vec<_> = inside.collect();
    let inference = active.iter().flat_map(|(name, service)| checks::inference(facts, name, service));
    let here: HashSet<_> = active.iter().map(|(name, _)| *name).collect();
    let is_here = |name: &ServiceName, _: &_| here.contains(name);
    let routes = checks::routes(facts, is_here, &running.name);
    gpus.into_iter()
        .chain([running, mounts])
        .chain(sandbox)
        .chain(inside)
        .chain(inference)
        .chain(routes)
        .chain(restarts)
        .collect()
}
