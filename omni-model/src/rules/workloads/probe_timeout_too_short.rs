use crate::{
    deployment::Probes,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a probe waits as long as the answer takes",
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
            let message = format!(
                "the {kind} probe of `{name}` waits {} for {}, whose answer may take {}s: {}",
                probe.timeout, product.name, slow.seconds, slow.why
            );
            let path = at("services", name).key("probes").key(kind).key("timeout");
            let help = format!("wait longer than {}s, or set `{variable}: {value}`", slow.seconds);
            findings.push(rule.finding(path, message).help(help));
        }
    }
    findings
}
