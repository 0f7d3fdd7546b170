use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a liveness probe begins when the startup probe has succeeded",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let liveness = service.probes.startup.as_ref().and(service.probes.liveness.as_ref())?;
        let delay = Some(liveness.initial_delay).filter(|delay| delay.secs() > 0)?;
        let message = format!("nobody looks at `{name}` for {delay} after it has started");
        let path = at("services", name).key("probes").key("liveness").key("initial_delay");
        Some(rule.finding(path, message).help("take it out: the startup probe has waited already"))
    };
    facts.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
