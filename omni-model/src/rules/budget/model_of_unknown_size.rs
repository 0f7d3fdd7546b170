use crate::{
    deployment::{Deployment, Model},
    diagnostic::{Diagnostic, Severity},
    message::message,
    names::ModelName,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "each model has a size, so that disk space is budgeted for it",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let unknown = deployment.models.iter().filter(|(_, model)| model.size.is_none());
    let find = |(name, model): (&ModelName, &Model)| {
        let message =
            message!("the size of `{model}` is unknown, so no disk space is budgeted for it", model = name);
        let help = format!("add `size`, which is on the page of {}", model.repository);
        rule.finding(at("models", name), message).help(help)
    };
    unknown.map(find).collect()
}
