//! B011

use crate::{
    deployment::{Deployment, Model},
    diagnostic::{Diagnostic, Severity},
    names::ModelName,
    rules::{Check, Rule, at},
};

/// What has no size is counted nowhere.
pub(crate) static RULE: Rule = Rule {
    id: "B011",
    name: "model-of-unknown-size",
    severity: Severity::Warning,
    summary: "the size of a model is known, so that the disk is budgeted for it",
    docs: include_str!("model.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let unknown = deployment.models.iter().filter(|(_, model)| model.size.is_none());
    let find = |(name, model): (&ModelName, &Model)| {
        let message =
            format!("nobody knows how much room `{name}` takes, and the disk is not budgeted for it");
        let help = format!("add `size`: the page of {} says it", model.repository);
        rule.finding(at("models", name), message).help(help)
    };
    unknown.map(find).collect()
}
