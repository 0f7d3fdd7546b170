use crate::{
    budget::when,
    deployment::{Host, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::HostName,
    rules::{Definition, Rule, Scope, at},
    running,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the processors that services may use are at most those of their host, where it says how many it has",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let hosts = facts.deployment().hosts.iter();
    hosts.filter_map(|(name, host)| host_check(rule, facts, name, host)).collect()
}

fn host_check(rule: &Rule, facts: &Facts<'_>, name: &HostName, host: &Host) -> Option<Diagnostic> {
    let there = host.processors?;
    let asked = |service: &Service| u64::from(service.cpus.unwrap_or_default());
    let (active, worst) = (running::active(facts, name), running::worst(facts, name, asked));
    let running = || facts.on(name).iter().filter(|(service, _)| worst.contains(service));
    let total: u64 = running().map(|(_, service)| asked(service)).sum();
    (total > there.into()).then_some(())?;
    let standbys: Vec<_> = worst.difference(&active).copied().collect();
    let message =
        format!("processors of `{name}` are over budget{}: {total} asked of {there}", when(&standbys));
    let path = at("hosts", name).key("processors");
    let of_services = running().filter(|(_, service)| asked(service) > 0);
    let finding = of_services.fold(rule.finding(path, message), |finding, (service, spec)| {
        finding.related(at("services", service).key("cpus"), format!("{} of them", asked(spec)))
    });
    Some(finding.help(format!("lower `cpus` by {} in all", total - u64::from(there))))
}
