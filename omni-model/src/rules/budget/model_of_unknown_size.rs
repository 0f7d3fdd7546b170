use crate::{
    deployment::{Deployment, Model},
    diagnostic::{Diagnostic, Severity},
    names::ModelName,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "the size of a model is known, so that the disk is budgeted for it",
    scope: Scope::Deployment(check),
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
