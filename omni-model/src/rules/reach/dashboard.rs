//! F005

use crate::{
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    reach::{Destination, Source, Verdict},
    resolve,
    rules::{Check, Rule},
    scenario::Scenario,
};

/// A dashboard is read.
pub(crate) static RULE: Rule = Rule {
    id: "F005",
    name: "dashboard-unreachable",
    severity: Severity::Error,
    summary: "the operator reaches every dashboard",
    docs: include_str!("dashboard.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let world = scenario.world();
    let dashboards = deployment.monitoring.iter().flat_map(|monitoring| &monitoring.dashboards);
    let unreachable = dashboards.filter_map(|(name, dashboard)| {
        let (service, spec, port, mapping) = resolve::port(deployment, &dashboard.at)?;
        scenario.service(service)?;
        let to = Destination::Service(service, spec, port, mapping);
        if world.verdict(Source::Operator, to).as_ref().is_none_or(Verdict::reaches) {
            return None;
        }
        let path = ModelPath::root().key("monitoring").key("dashboards").key(name).key("at");
        let message = format!("nobody can read {}: the operator does not reach `{to}`", dashboard.title);
        Some(rule.finding(path, message).help(format!("add the flow `operator -> {to}`")))
    });
    unreachable.collect()
}
