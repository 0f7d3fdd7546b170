use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a liveness probe starts as soon as the startup probe has succeeded",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let liveness = service.probes.startup.as_ref().and(service.probes.liveness.as_ref())?;
        let delay = Some(liveness.initial_delay).filter(|delay| delay.secs() > 0)?;
        let message = message!(
            "the liveness probe of `{name}` waits another {delay} after the startup probe has succeeded",
            name,
            delay,
        );
        let path = at("services", name).key("probes").key("liveness").key("initial_delay");
        let help = "remove `initial_delay`: the startup probe has already waited";
        Some(rule.finding(path.clone(), message).help(help).fix(path, ()))
    };
    facts.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
