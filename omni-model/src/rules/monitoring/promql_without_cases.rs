use promql_parser::{
    label::MatchOp,
    parser::{self, Expr},
};

use crate::{
    deployment::{Condition, Deployment},
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    path::ModelPath,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "an alert in your own PromQL has a case in which it fires, and one in which it is silent",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let path = ModelPath::root().key("monitoring").key("alerts").key(name);
        for (i, case) in alert.cases.iter().enumerate() {
            for series in case.series.keys().filter(|series| !is_series(series.as_str())) {
                let message = message!("`{series}` does not name exactly one series", series);
                let help = "write a metric with one value for each label, for example `up{job=\"model\"}`";
                let path = path.key("cases").index(i).key("series").key(series);
                findings.push(rule.finding(path, message).help(help));
            }
        }
        let Condition::Promql(_) = &alert.when else { continue };
        let fires = alert.cases.iter().any(|case| !case.fires.is_empty());
        let silent = alert.cases.iter().any(|case| case.fires.is_empty());
        let missing = match (fires, silent) {
            (true, true) => continue,
            (true, false) => said("in which it is silent", vec!["silent"]),
            (false, true) => said("in which it fires", vec!["fires"]),
            (false, false) => {
                said("in which it fires and none in which it is silent", vec!["fires", "silent"])
            }
        };
        let message = message!("the PromQL alert `{alert}` has no case {missing}", alert = name, missing);
        let help = format!("add the missing cases to `monitoring.alerts.{name}.cases`");
        findings.push(rule.finding(path.key("when"), message).help(help));
    }
    findings
}

/// Whether a text names a metric, and one value for each label.
fn is_series(text: &str) -> bool {
    match parser::parse(text) {
        Ok(Expr::VectorSelector(series)) => {
            let matchers = &series.matchers;
            series.name.is_some()
                && (series.offset.is_none() && series.at.is_none() && matchers.or_matchers.is_empty())
                && matchers.matchers.iter().all(|matcher| matcher.op == MatchOp::Equal)
        }
        _ => false,
    }
}
