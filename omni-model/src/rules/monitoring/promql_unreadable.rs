use promql_parser::parser::{self, value::ValueType};

use crate::{
    deployment::{Condition, Deployment},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the PromQL of an alert is valid, and returns an instant vector or a scalar",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let Condition::Promql(query) = &alert.when else { continue };
        let message = match parser::parse(query.as_str()) {
            Ok(expr) => match expr.value_type() {
                ValueType::Vector | ValueType::Scalar => continue,
                kind => message!(
                    "the PromQL of `{alert}` returns a {kind}, but an alert needs an instant vector or a scalar",
                    alert = name,
                    kind = kind.to_string(),
                ),
            },
            Err(error) => {
                let problem = error.split_whitespace().collect::<Vec<_>>().join(" ");
                message!("the PromQL of `{alert}` is not valid: {problem}", alert = name, problem)
            }
        };
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when").key("promql");
        findings.push(rule.finding(path, message));
    }
    findings
}
