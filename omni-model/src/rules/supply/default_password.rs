use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a product with a well-known default password gets another one",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let product = service.product()?;
        let variable = product.password?;
        let file = format!("{variable}__FILE");
        let set = |name: &str| service.secrets.contains_key(name) || service.env.contains_key(name);
        (!set(variable) && !set(&file)).then_some(())?;
        let message = message!(
            "`{service}` runs {product} with its well-known default password",
            service = name,
            product = product.name,
        );
        let help = format!("set `{variable}` from a secret");
        Some(rule.finding(at("services", name), message).help(help))
    };
    deployment.services.iter().filter_map(find).collect()
}
