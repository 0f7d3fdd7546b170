//! What proves that the pods run as they should.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Service, State},
    names::ServiceName,
    scenario::Runtime,
};

use super::workload::ZoneOfPods;
use crate::{
    checks, gvisor, k3s,
    step::{Check, Script},
};

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

/// The pods are ready, the sandbox holds, models answer, the routes are open, and nothing starts again and again.
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
    let ready = Check {
        name: "pods".to_owned(),
        title: "Pods ready".to_owned(),
        expected: format!("{} are ready", pods.len()),
        after: Some("k3s-node".to_owned()),
        script: Script::new(&Ready { pods: &pods }),
    };
    let after = Some(ready.name.clone());
    let locked = active().filter(|(_, _, service)| gvisor::is_sandboxed(facts, service));
    let locked: Vec<_> = locked.map(pod).collect();
    let sandbox = (!locked.is_empty()).then(|| Check {
        name: "sandbox-pods".to_owned(),
        title: "Sandboxed pods isolated".to_owned(),
        expected: format!("runtime class {}, and gVisor's kernel in /proc/version", k3s::GVISOR),
        after: after.clone(),
        script: Script::new(&Sandbox { pods: &locked, class: k3s::GVISOR }),
    });
    let inference = active().flat_map(|(_, name, service)| checks::inference(facts, name, service));
    let is_pod = |_: &_, service: &Service| facts.runtime(service) == Runtime::Kubernetes;
    let routes = checks::routes(facts, is_pod, &ready.name);
    let restarts = facts.deployment().operations.restart_watch.map(|window| Check {
        name: "restarts-pods".to_owned(),
        title: "No restart loops of pods".to_owned(),
        expected: format!("no restart within {window}, and all run"),
        after: after.clone(),
        script: Script::new(&Restarts {
            namespaces: zones.iter().map(|zone| zone.namespace.as_str()).collect(),
            window: window.secs(),
        }),
    });
    let inside =
        active().filter_map(|(_, name, service)| checks::gpus_inside(facts, name, service, &ready.name));
    let inside: Vec<_> = inside.collect();
    [ready].into_iter().chain(sandbox).chain(inside).chain(inference).chain(routes).chain(restarts).collect()
}
