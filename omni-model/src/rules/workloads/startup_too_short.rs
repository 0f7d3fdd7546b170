use crate::{
    deployment::{Probes, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
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
        let message = format!("`{name}` is killed after {tolerance}, and loading takes up to {load_time}");
        let failures =
            load_time.secs().saturating_sub(probe.initial_delay.secs()).div_ceil(probe.period.secs().max(1));
        let help = match startup {
            Some(_) => format!("let it fail {failures} times"),
            None => "add a startup probe: until it has succeeded, the liveness probe waits".to_owned(),
        };
        Some(rule.finding(at("services", name).key("probes").key(kind), message).help(help))
    };
    facts.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
