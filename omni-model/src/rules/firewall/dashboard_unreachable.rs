use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    path::ModelPath,
    reach::{Destination, Source, Verdict},
    resolve,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the operator can reach every dashboard",
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
        let message = message!(
            "the operator cannot reach the dashboard `{title}` at `{to}`",
            title = dashboard.title,
            to = to.to_string(),
        );
        let flow = format!("operator -> {to}");
        let finding = rule.finding(path, message).help(format!("add the flow `{flow}`"));
        Some(finding.fix_by_adding(&ModelPath::root().key("flows"), deployment.flows.len(), flow))
    });
    unreachable.collect()
}
