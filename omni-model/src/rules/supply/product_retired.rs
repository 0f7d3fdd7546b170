use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "what runs is maintained by somebody",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let product = service.product()?;
        let message = format!("{}, which `{name}` runs, {}", product.name, product.retired?);
        let path = at("services", name).key("image").key("reference");
        Some(rule.finding(path, message).help("keep it out of reach of whom you do not trust, or replace it"))
    };
    deployment.services.iter().filter_map(find).collect()
}
