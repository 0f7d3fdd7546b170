//! W006

use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// Two delays add up.
pub(crate) static RULE: Rule = Rule {
    id: "W006",
    name: "liveness-delay-after-startup",
    severity: Severity::Warning,
    summary: "a liveness probe begins when the startup probe has succeeded",
    docs: include_str!("liveness.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let liveness = service.probes.startup.as_ref().and(service.probes.liveness.as_ref())?;
        let delay = Some(liveness.initial_delay).filter(|delay| delay.secs() > 0)?;
        let message = format!("nobody looks at `{name}` for {delay} after it has started");
        let path = at("services", name).key("probes").key("liveness").key("initial_delay");
        Some(rule.finding(path, message).help("take it out: the startup probe has waited already"))
    };
    scenario.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
