//! M015

use crate::{
    deployment::{Condition, Deployment},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Check, Rule, at},
};

/// What loads does not answer yet.
pub(crate) static RULE: Rule = Rule {
    id: "M015",
    name: "alert-while-loading",
    severity: Severity::Warning,
    summary: "an alert waits as long as its service may load",
    docs: include_str!("loading.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let Condition::NotServing { service } = &alert.when else { continue };
        let load_time = deployment.services.get(service).and_then(|service| service.load_time);
        let Some(load_time) = load_time.filter(|time| *time > alert.lasting) else { continue };
        let message = format!(
            "`{name}` fires {} after `{service}` starts, which loads for up to {load_time}",
            alert.lasting
        );
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("for");
        let related = at("services", service).key("load_time");
        let finding = rule.finding(path, message).related(related, "how long it loads");
        findings.push(finding.help(format!("say `for: {load_time}`, or longer")));
    }
    findings
}
