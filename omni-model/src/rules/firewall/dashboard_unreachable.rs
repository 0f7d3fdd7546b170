use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    path::ModelPath,
    reach::{Destination, Source, Verdict},
    resolve,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the operator reaches every dashboard",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let world = facts.world();
    let dashboards = deployment.monitoring.iter().flat_map(|monitoring| &monitoring.dashboards);
    let unreachable = dashboards.filter_map(|(name, dashboard)| {
        let (service, spec, port, mapping) = resolve::port(deployment, &dashboard.at)?;
        facts.service(service)?;
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
