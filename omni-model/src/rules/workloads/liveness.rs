//! W006

use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Rule, at, in_options},
    scenario::{Runtime, Scenario},
};

/// Two delays add up.
pub(crate) static RULE: Rule = Rule {
    id: "W006",
    name: "liveness-delay-after-startup",
    severity: Severity::Warning,
    summary: "a liveness probe begins when the startup probe has succeeded",
    docs: include_str!("liveness.md"),
    check: |rule, deployment| in_options(deployment, |scenario| check(rule, deployment, scenario)),
};

fn check(rule: &Rule, _: &Deployment, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let liveness = service.probes.startup.as_ref().and(service.probes.liveness.as_ref())?;
        let delay = Some(liveness.initial_delay).filter(|delay| delay.secs() > 0)?;
        let message = format!("nobody looks at `{name}` for {delay} after it has started");
        let path = at("services", name).key("probes").key("liveness").key("initial_delay");
        Some(rule.finding(path, message).help("take it out: the startup probe has waited already"))
    };
    scenario.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
