//! How a standby takes over: what it replaces is stopped first, so that no memory is asked twice.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Service, State},
    names::{HostName, NamespaceName, ServiceName},
    running,
    scenario::Runtime,
};

use crate::{compose, filters, header::Header, step::Script};

/// A standby, how it takes over, and how it goes.
struct View<'a> {
    name: &'a ServiceName,
    function: String,
    replaces: String,
    over: Vec<Script>,
    back: Vec<Script>,
}

#[derive(Template)]
#[template(path = "operations/failover.sh")]
struct Failover<'a> {
    header: Header<'a>,
    host: &'a HostName,
    up: &'static str,
    project: Option<compose::Project>,
    standbys: Vec<View<'a>>,
    state_root: String,
    /// The standbys and what they replace, as alternatives of a regular expression: names of services mean nothing else there.
    decided: String,
}

#[derive(Template)]
#[template(path = "operations/failover/scale-down.sh")]
pub(super) struct ScaleDown<'a> {
    pub(super) namespace: NamespaceName,
    pub(super) deployment: &'a str,
    pub(super) service: &'a ServiceName,
}

#[derive(Template)]
#[template(path = "operations/failover/scale-up.sh")]
struct ScaleUp<'a> {
    namespace: NamespaceName,
    deployment: &'a str,
}

/// The program, if a standby stands on the host.
pub(super) fn script(facts: &Facts<'_>, host: &HostName, up: &'static str) -> Option<Script> {
    let services = facts.on(host).iter();
    let standbys: Vec<_> = services.filter_map(|(name, service)| view(facts, name, service)).collect();
    if standbys.is_empty() {
        return None;
    }
    let header = Header::of(facts.deployment());
    let swaps = |one| facts.services().any(|other| !running::may_meet(one, other));
    let swaps = compose::services(facts, host).into_iter().any(swaps);
    let project = swaps.then(|| compose::Project::of(facts, host));
    let mut decided: Vec<_> = standbys.iter().map(|standby| standby.name.as_str()).collect();
    decided.extend(standbys.iter().flat_map(|standby| standby.replaces.split(", ")));
    decided.sort_unstable();
    decided.dedup();
    let decided = decided.join("|");
    let state_root = super::state_root(facts.deployment().name.as_str());
    Some(Script::new(&Failover { header, host, up, project, standbys, state_root, decided }))
}

fn view<'a>(facts: &Facts<'a>, name: &'a ServiceName, service: &'a Service) -> Option<View<'a>> {
    let State::Standby(standby) = &service.state else { return None };
    let replaced = standby.replaces.iter().filter_map(|name| facts.service(name));
    let usual: Vec<_> = replaced.filter(|(_, service)| service.state == State::Active).collect();
    Some(View {
        name,
        function: name.as_str().replace('-', "_"),
        replaces: standby.replaces.iter().map(ServiceName::as_str).collect::<Vec<_>>().join(", "),
        over: swap(facts, None, &[(name, service)]),
        back: swap(facts, Some(name), &usual),
    })
}

/// Starts services, after one that goes and all that must not run beside them have stopped.
fn swap(facts: &Facts<'_>, goes: Option<&ServiceName>, started: &[(&ServiceName, &Service)]) -> Vec<Script> {
    let in_the_way = |other| started.iter().any(|one| !running::may_meet(*one, other));
    let stopped = facts.services().filter(|other| goes == Some(other.0) || in_the_way(*other));
    let stopped = stopped.filter_map(|(name, _)| stop(facts, name));
    stopped.chain(started.iter().filter_map(|(name, _)| start(facts, name))).collect()
}

fn stop(facts: &Facts<'_>, name: &ServiceName) -> Option<Script> {
    let (_, service) = facts.service(name)?;
    Some(match facts.runtime(service) {
        Runtime::Compose => compose::stop(name),
        Runtime::Kubernetes => Script::new(&ScaleDown {
            namespace: facts.namespace(&service.zone)?,
            deployment: service.workload(name),
            service: name,
        }),
    })
}

fn start(facts: &Facts<'_>, name: &ServiceName) -> Option<Script> {
    let (_, service) = facts.service(name)?;
    Some(match facts.runtime(service) {
        Runtime::Compose => compose::start(name),
        Runtime::Kubernetes => Script::new(&ScaleUp {
            namespace: facts.namespace(&service.zone)?,
            deployment: service.workload(name),
        }),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{checked, document, facts};

    #[test]
    fn what_must_not_run_beside_it_is_stopped_first() {
        let mut document = document();
        let mut last = document["services"]["spare"].clone();
        last["state"] = json!({"standby": {"replaces": ["llm", "spare"]}});
        last["ports"] = json!({"http": "8003"});
        document["services"]["last"] = last;
        let checked = checked(document);
        let script = super::script(&facts(&checked, "compose"), &"box".parse().unwrap(), "").unwrap();
        let function = |name: &str| {
            let script = script.to_string();
            let body = script.split(&format!("\n{name}() {{\n")).nth(1).unwrap().split("\n}").next().unwrap();
            body.replace("  compose ", "").replace("--profile '*' rm --stop --force", "stop")
        };
        assert_eq!(
            function("over_spare"),
            "stop llm\nstop last\nup --detach --no-deps --scale spare=1 spare"
        );
        assert_eq!(function("back_spare"), "stop spare\nstop last\nup --detach --no-deps --scale llm=1 llm");
        assert_eq!(function("over_last"), "stop llm\nstop spare\nup --detach --no-deps --scale last=1 last");
    }
}
