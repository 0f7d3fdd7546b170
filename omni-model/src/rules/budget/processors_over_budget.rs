use crate::{
    budget::when,
    deployment::{Host, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    names::HostName,
    rules::{Definition, Rule, Scope, at},
    running,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the `cpus` of services that may run together do not exceed the `processors` of their host",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let hosts = facts.deployment().hosts.iter();
    hosts.filter_map(|(name, host)| host_check(rule, facts, name, host)).collect()
}

fn host_check(rule: &Rule, facts: &Facts<'_>, name: &HostName, host: &Host) -> Option<Diagnostic> {
    let available = host.processors?;
    let cpus = |service: &Service| u64::from(service.cpus.unwrap_or_default());
    let (active, worst) = (running::active(facts, name), running::worst(facts, name, cpus));
    let running = || facts.on(name).iter().filter(|(service, _)| worst.contains(service));
    let requested: u64 = running().map(|(_, service)| cpus(service)).sum();
    (requested > available.into()).then_some(())?;
    let standbys: Vec<_> = worst.difference(&active).copied().collect();
    let message = message!(
        "processors of `{host}` are over budget{standbys}: {requested} requested of {available}",
        host = name,
        standbys = when(&standbys),
        requested,
        available,
    );
    let path = at("hosts", name).key("processors");
    let of_services = running().filter(|(_, service)| cpus(service) > 0);
    let finding = of_services.fold(rule.finding(path, message), |finding, (service, spec)| {
        finding.related(at("services", service).key("cpus"), format!("{} of them", cpus(spec)))
    });
    Some(finding.help(format!("lower `cpus` by {} in total", requested - u64::from(available))))
}
