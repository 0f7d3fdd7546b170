use promql_parser::parser::{self, value::ValueType};

use crate::{
    deployment::{Condition, Deployment},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the PromQL of an alert is PromQL, and gives a number for each series",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let Condition::Promql(query) = &alert.when else { continue };
        let problem = match parser::parse(query.as_str()) {
            Ok(expr) => match expr.value_type() {
                ValueType::Vector | ValueType::Scalar => continue,
                kind => format!("it gives a {kind}, and an alert needs an instant vector or a scalar"),
            },
            Err(error) => error.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when").key("promql");
        findings.push(rule.finding(path, format!("the PromQL of `{name}` cannot be used: {problem}")));
    }
    findings
}
