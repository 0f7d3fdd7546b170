use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a product that starts as root has the capabilities that it steps down with",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        // Who does not start as root has nothing to step down from.
        let product = service.product().filter(|_| service.user.is_none_or(|user| user.uid == 0))?;
        let has = |wanted: &&&str| !service.capabilities.iter().any(|capability| *capability == **wanted);
        let missing: Vec<&str> = product.capabilities.iter().filter(has).copied().collect();
        (!missing.is_empty()).then_some(())?;
        let message = format!(
            "{} starts as root in `{name}` and cannot step down without {}",
            product.name,
            list(missing.iter().copied())
        );
        let help = format!("say `capabilities: [{}]`", product.capabilities.join(", "));
        Some(rule.finding(at("services", name).key("capabilities"), message).help(help))
    };
    deployment.services.iter().filter_map(find).collect()
}
