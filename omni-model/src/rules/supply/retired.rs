//! S007

use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    registry::products,
    rules::{Check, Rule, at},
};

/// Nobody mends what is retired.
pub(crate) static RULE: Rule = Rule {
    id: "S007",
    name: "product-retired",
    severity: Severity::Warning,
    summary: "what runs is maintained by somebody",
    docs: include_str!("retired.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let product = products::of(service)?;
        let message = format!("{}, which `{name}` runs, {}", product.name, product.retired?);
        let path = at("services", name).key("image").key("reference");
        Some(rule.finding(path, message).help("keep it out of reach of whom you do not trust, or replace it"))
    };
    deployment.services.iter().filter_map(find).collect()
}
