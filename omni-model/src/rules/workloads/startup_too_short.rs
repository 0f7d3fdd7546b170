use serde_json::json;

use crate::{
    deployment::{Probe, Probes, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
    units::Duration,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service on Kubernetes is not killed while it loads",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let load_time = service.load_time?;
        let Probes { startup, liveness, .. } = &service.probes;
        let (kind, probe) = match (startup, liveness) {
            (Some(probe), _) => ("startup", probe),
            (None, Some(probe)) => ("liveness", probe),
            (None, None) => return None,
        };
        let tolerance = Some(probe.tolerance()).filter(|tolerance| *tolerance < load_time)?;
        let message = message!(
            "`{name}` is killed after {tolerance}, but loading takes up to {load_time}",
            name,
            tolerance,
            load_time,
        );
        let probes = at("services", name).key("probes");
        let finding = rule.finding(probes.key(kind), message);
        let startup = probes.key("startup");
        let Probe { initial_delay, period, .. } = *probe;
        Some(if kind == "startup" {
            let failures = failures(load_time, initial_delay, period);
            finding.help(format!("set `failures: {failures}`")).fix(startup.key("failures"), failures)
        } else {
            let failures = failures(load_time, Duration::default(), period);
            let help = format!(
                "add `startup: {{ period: {period}, failures: {failures} }}`: the liveness probe waits for its success"
            );
            finding.help(help).fix(startup, json!({ "period": period, "failures": failures }))
        })
    };
    facts.run_by(Runtime::Kubernetes).filter_map(find).collect()
}

/// How many times a probe has to fail until a service has loaded.
fn failures(load_time: Duration, initial_delay: Duration, period: Duration) -> u64 {
    load_time.secs().saturating_sub(initial_delay.secs()).div_ceil(period.secs().max(1))
}
