//! How a standby takes over: what it replaces is stopped first, so that no memory is asked twice.

use askama::Template;
use omni_model::{
    Scenario,
    deployment::{Service, State},
    names::{HostName, NamespaceName, ServiceName},
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
    standbys: Vec<View<'a>>,
}

#[derive(Template)]
#[template(path = "operations/failover/scale-down.sh")]
struct ScaleDown<'a> {
    namespace: NamespaceName,
    service: &'a ServiceName,
}

#[derive(Template)]
#[template(path = "operations/failover/scale-up.sh")]
struct ScaleUp<'a> {
    namespace: NamespaceName,
    service: &'a ServiceName,
}

/// The program, if a standby stands on the host.
pub(super) fn script(scenario: &Scenario<'_>, host: &HostName, up: &'static str) -> Option<Script> {
    let here = |service: &Service| scenario.host(service).is_some_and(|(name, _)| name == host);
    let services = scenario.services().filter(|(_, service)| here(service));
    let standbys: Vec<_> = services.filter_map(|(name, service)| view(scenario, name, service)).collect();
    let header = Header::of(scenario.deployment());
    (!standbys.is_empty()).then(|| Script::new(&Failover { header, host, up, standbys }))
}

fn view<'a>(scenario: &Scenario<'_>, name: &'a ServiceName, service: &'a Service) -> Option<View<'a>> {
    let State::Standby(standby) = &service.state else { return None };
    let replaced = || standby.replaces.iter();
    let is_active = |name: &&ServiceName| {
        scenario.service(name).is_some_and(|(_, service)| service.state == State::Active)
    };
    Some(View {
        name,
        function: name.as_str().replace('-', "_"),
        replaces: replaced().map(ServiceName::as_str).collect::<Vec<_>>().join(", "),
        over: replaced().filter_map(|other| stop(scenario, other)).chain(start(scenario, name)).collect(),
        back: stop(scenario, name)
            .into_iter()
            .chain(replaced().filter(is_active).filter_map(|other| start(scenario, other)))
            .collect(),
    })
}

fn stop(scenario: &Scenario<'_>, name: &ServiceName) -> Option<Script> {
    let (_, service) = scenario.service(name)?;
    match scenario.runtime(service) {
        Runtime::Compose => compose::stop(scenario, name),
        Runtime::Kubernetes => {
            Some(Script::new(&ScaleDown { namespace: scenario.namespace(&service.zone)?, service: name }))
        }
    }
}

fn start(scenario: &Scenario<'_>, name: &ServiceName) -> Option<Script> {
    let (_, service) = scenario.service(name)?;
    match scenario.runtime(service) {
        Runtime::Compose => compose::start(scenario, name),
        Runtime::Kubernetes => {
            Some(Script::new(&ScaleUp { namespace: scenario.namespace(&service.zone)?, service: name }))
        }
    }
}
