use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "each product that runs is still maintained",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let product = service.product()?;
        let message = message!(
            "`{service}` runs {product}, which {status}",
            service = name,
            product = product.name,
            status = product.retired?,
        );
        let path = at("services", name).key("image").key("reference");
        Some(rule.finding(path, message).help("replace it, or keep untrusted clients from reaching it"))
    };
    deployment.services.iter().filter_map(find).collect()
}
