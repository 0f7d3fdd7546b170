use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::{Names, message},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a product that starts as root has the capabilities to switch to its own user",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        // Only a container that starts as root switches to another user.
        let product = service.product().filter(|_| service.user.is_none_or(|user| user.uid == 0))?;
        let has: Vec<&str> = service.capabilities.iter().map(AsRef::as_ref).collect();
        let missing: Vec<&str> =
            product.capabilities.iter().copied().filter(|needed| !has.contains(needed)).collect();
        if missing.is_empty() {
            return None;
        }
        let message = message!(
            "{product} starts as root in `{name}` but cannot switch to its own user without {missing}",
            product = product.name,
            name,
            missing = missing.iter().collect::<Names>(),
        );
        let all = [has.as_slice(), missing.as_slice()].concat();
        let service = at("services", name);
        let capabilities = service.key("capabilities");
        let path = if has.is_empty() { service } else { capabilities.clone() };
        let help = format!("set `capabilities: [{}]`", all.join(", "));
        Some(rule.finding(path, message).help(help).fix(capabilities, all))
    };
    deployment.services.iter().filter_map(find).collect()
}
