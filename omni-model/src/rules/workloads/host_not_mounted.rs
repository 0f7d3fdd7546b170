use crate::{
    deployment::{Deployment, Service, Volume},
    diagnostic::{Diagnostic, Severity},
    registry::products::Mount,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a product that looks into the host's files has them mounted",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let product = service.product()?;
        let has = |mount: &&Mount| {
            let volume = service.volumes.iter().find(|(target, _)| target.as_str() == mount.target);
            matches!(volume, Some((_, Volume::Host(path))) if path.as_str() == mount.host)
        };
        let missing = product.mounts.iter().find(|mount| !has(mount))?;
        let message = format!(
            "{} finds {} at `{}`, where nothing of the host's is mounted",
            product.name, missing.why, missing.target
        );
        let all = product
            .mounts
            .iter()
            .map(|mount| format!("\"{}\": {{ host: \"{}\" }}", mount.target, mount.host));
        let help = format!("write `volumes: {{ {} }}`", all.collect::<Vec<_>>().join(", "));
        Some(rule.finding(at("services", name), message).help(help))
    };
    deployment.services.iter().filter_map(find).collect()
}
