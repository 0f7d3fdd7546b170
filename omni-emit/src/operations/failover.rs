//! How a standby takes over: the services that it replaces are stopped first, so that no memory is claimed twice.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Service, State},
    names::{HostName, ServiceName},
    running,
    scenario::Runtime,
};

use super::arguments::{Argument, Arguments, Operand};
use crate::{
    artifact::Artifact, compose, container, filters, header::Header, scaling, script::Script, state,
};

/// A standby, with the scripts by which it takes over and goes back.
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
    arguments: Arguments,
    host: &'a HostName,
    up: &'static str,
    project: Option<compose::Project>,
    standbys: Vec<View<'a>>,
    state_root: String,
    /// The standbys and the services that they replace, as alternatives of a regular expression. Names of services have no other meaning
    /// there.
    decided: String,
}

/// The program, if the host has a standby.
pub(super) fn artifact(facts: &Facts<'_>, host: &HostName, up: &'static str) -> Option<Artifact> {
    let services = facts.on(host).iter();
    let standbys: Vec<_> = services.filter_map(|(name, service)| view(facts, name, service)).collect();
    if standbys.is_empty() {
        return None;
    }
    let header = Header::of(facts.deployment());
    let swaps = |one| facts.services().any(|other| !running::may_meet(one, other));
    let swaps = container::on_compose(facts, host).into_iter().any(swaps);
    let project = swaps.then(|| compose::Project::of(facts, host));
    let mut decided: Vec<_> = standbys.iter().map(|standby| standby.name.as_str()).collect();
    decided.extend(standbys.iter().flat_map(|standby| standby.replaces.split(", ")));
    decided.sort_unstable();
    decided.dedup();
    let decided = decided.join("|");
    let state_root = state::root(facts.deployment().name.as_str());
    let path = format!("{}failover.sh", facts.host_folder(host));
    Some(Artifact::program(
        path,
        &Failover {
            header,
            arguments: arguments(&standbys),
            host,
            up,
            project,
            standbys,
            state_root,
            decided,
        },
    ))
}

fn arguments(standbys: &[View<'_>]) -> Arguments {
    let each = standbys.iter().map(|it| format!("\n  {} (replaces {})", it.name, it.replaces));
    let help = format!("takes over from the services that it replaces:{}", each.collect::<String>());
    Arguments {
        program: "failover.sh",
        operand: Some(Operand { name: "STANDBY", help }),
        options: vec![
            Argument::flag("--back", "stop STANDBY and start the services that are normally active"),
            Argument::flag("--dry-run", "print the commands, and do nothing"),
        ],
        end: "Exit codes: 0 done, 1 a command failed, 2 usage.".to_owned(),
    }
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

/// Stops one service and all that must not run beside the others, then starts the others.
fn swap(facts: &Facts<'_>, goes: Option<&ServiceName>, started: &[(&ServiceName, &Service)]) -> Vec<Script> {
    let in_the_way = |other| started.iter().any(|one| !running::may_meet(*one, other));
    let stopped = facts.services().filter(|other| goes == Some(other.0) || in_the_way(*other));
    let stopped = stopped.filter_map(|(name, _)| stop(facts, name));
    stopped.chain(started.iter().filter_map(|(name, _)| start(facts, name))).collect()
}

fn stop(facts: &Facts<'_>, name: &ServiceName) -> Option<Script> {
    let (_, service) = facts.service(name)?;
    match facts.runtime(service) {
        Runtime::Compose => Some(compose::stop(name)),
        Runtime::Kubernetes => scaling::down(facts, name, service),
    }
}

fn start(facts: &Facts<'_>, name: &ServiceName) -> Option<Script> {
    let (_, service) = facts.service(name)?;
    match facts.runtime(service) {
        Runtime::Compose => Some(compose::start(name)),
        Runtime::Kubernetes => scaling::up(facts, name, service),
    }
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
        let script = super::artifact(&facts(&checked, "compose"), &"box".parse().unwrap(), "").unwrap();
        let function = |name: &str| {
            let body = script
                .file
                .contents
                .split(&format!("\n{name}() {{\n"))
                .nth(1)
                .unwrap()
                .split("\n}")
                .next()
                .unwrap();
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
