use crate::{
    deployment::{Probe, Probes},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
    units::Duration,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a probe waits as long as its product may take to answer",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in facts.run_by(Runtime::Kubernetes) {
        let Some((product, slow)) = service.product().and_then(|p| Some((p, p.slow_health.as_ref()?))) else {
            continue;
        };
        let (variable, value) = slow.unless;
        if service.env.get(variable).is_some_and(|text| text.to_string() == value) {
            continue;
        }
        let Probes { startup, readiness, liveness } = &service.probes;
        for (kind, probe) in [("startup", startup), ("readiness", readiness), ("liveness", liveness)] {
            let Some(probe) = probe.as_ref().filter(|probe| probe.timeout.secs() <= slow.seconds) else {
                continue;
            };
            let why = slow.why;
            let message = message!(
                "the {kind} probe of `{name}` waits {timeout}, but {product} may take {time} to answer: {why}",
                kind,
                name,
                timeout = probe.timeout,
                product = product.name,
                time = Duration::from_secs(slow.seconds),
            );
            let enough = Duration::from_secs(slow.seconds + 1);
            let path = at("services", name).key("probes").key(kind);
            let timeout = path.key("timeout");
            let path = if probe.timeout == Probe::default_timeout() { path } else { timeout.clone() };
            let help = format!("set `timeout: {enough}`, or set `{variable}: {value}` in `env`");
            findings.push(rule.finding(path, message).help(help).fix(timeout, enough));
        }
    }
    findings
}
