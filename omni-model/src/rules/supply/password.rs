//! S006

use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    registry::products,
    rules::{Check, Rule, at},
};

/// A password that everybody knows is none.
pub(crate) static RULE: Rule = Rule {
    id: "S006",
    name: "default-password",
    severity: Severity::Warning,
    summary: "a product that has a password of its own gets another",
    docs: include_str!("password.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let product = products::of(service)?;
        let variable = product.password?;
        let file = format!("{variable}__FILE");
        let set = |name: &str| service.secrets.contains_key(name) || service.env.contains_key(name);
        (!set(variable) && !set(&file)).then_some(())?;
        let message = format!("{} has a password in `{name}` that everybody knows", product.name);
        let help = format!("set `{variable}` from a secret");
        Some(rule.finding(at("services", name).key("secrets"), message).help(help))
    };
    deployment.services.iter().filter_map(find).collect()
}
