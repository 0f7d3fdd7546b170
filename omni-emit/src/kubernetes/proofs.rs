//! The checks of the pods.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Service, State},
    names::ServiceName,
    scenario::Runtime,
};

use crate::{
    checks,
    cluster::ZoneOfPods,
    k3s,
    step::{Check, CheckKind, Script},
    text::counted,
};

/// The check that the pods are ready.
const READY: CheckKind = CheckKind::new("pods");

struct Pod {
    namespace: String,
    deployment: String,
    service: String,
    /// In seconds.
    load_time: u64,
}

#[derive(Template)]
#[template(path = "kubernetes/verify-pods.sh")]
struct Ready<'a> {
    pods: &'a [Pod],
}

#[derive(Template)]
#[template(path = "kubernetes/verify-sandbox.sh")]
struct Sandbox<'a> {
    pods: &'a [Pod],
    class: &'static str,
}

#[derive(Template)]
#[template(path = "kubernetes/verify-restarts.sh")]
struct Restarts<'a> {
    namespaces: Vec<&'a str>,
    window: u64,
}

/// Checks that the pods are ready and sandboxed, that models answer, that routes are open, and that nothing restarts in a loop.
pub(super) fn checks(facts: &Facts<'_>, zones: &[ZoneOfPods<'_>]) -> Vec<Check> {
    let active = || {
        let all = zones
            .iter()
            .flat_map(|zone| zone.services.iter().map(move |(name, service)| (zone, *name, *service)));
        all.filter(|(_, _, service)| service.state == State::Active)
    };
    let pod = |(zone, name, service): (&ZoneOfPods<'_>, &ServiceName, &Service)| Pod {
        namespace: zone.namespace.to_string(),
        deployment: service.workload(name).to_owned(),
        service: name.to_string(),
        load_time: checks::load_seconds(service),
    };
    let pods: Vec<_> = active().map(pod).collect();
    let ready = Check::new(
        READY,
        "Pods ready",
        format!("ready: {}", counted(pods.len(), "pod")),
        Script::new(&Ready { pods: &pods }),
    )
    .after(k3s::NODE);
    let locked = active().filter(|(_, _, service)| facts.is_sandboxed(service));
    let locked: Vec<_> = locked.map(pod).collect();
    let sandbox = (!locked.is_empty()).then(|| {
        Check::new(
            checks::SANDBOX.of("pods"),
            "Sandboxed pods isolated",
            format!("the runtime class {}, and gVisor's kernel in /proc/version", k3s::GVISOR),
            Script::new(&Sandbox { pods: &locked, class: k3s::GVISOR }),
        )
        .after(READY)
    });
    let inference = active().flat_map(|(_, name, service)| checks::inference(facts, name, service));
    let is_pod = |_: &_, service: &Service| facts.runtime(service) == Runtime::Kubernetes;
    let routes = checks::routes(facts, is_pod, READY);
    let restarts = facts.deployment().operations.restart_watch.map(|window| {
        Check::new(
            checks::RESTARTS.of("pods"),
            "No restart loops of pods",
            format!("no restart within {window}, and all pods run"),
            Script::new(&Restarts {
                namespaces: zones.iter().map(|zone| zone.namespace.as_str()).collect(),
                window: window.secs(),
            }),
        )
        .after(READY)
    });
    let inside = active().filter_map(|(_, name, service)| checks::gpus_inside(facts, name, service, READY));
    let inside: Vec<_> = inside.collect();
    [ready].into_iter().chain(sandbox).chain(inside).chain(inference).chain(routes).chain(restarts).collect()
}
