use crate::{
    catalog::products::Mount,
    deployment::{Deployment, Service, Volume},
    diagnostic::{Diagnostic, Severity},
    message::message,
    names::AbsPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a product that reads files of the host has them mounted",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let product = service.product()?;
        let is_mounted = |mount: &Mount| {
            let volume = service.volumes.iter().find(|(target, _)| target.as_str() == mount.target);
            matches!(volume, Some((_, Volume::Host(path))) if path.as_str() == mount.host)
        };
        let missing: Vec<_> = product.mounts.iter().filter(|mount| !is_mounted(mount)).collect();
        let Mount { target, host, why } = missing.first()?;
        let message = message!(
            "`{name}` does not mount the host's `{host}` at `{target}`, where {product} looks for {why}",
            name,
            host,
            target,
            product = product.name,
        );
        let lines =
            missing.iter().map(|mount| format!("\"{}\": {{ host: \"{}\" }}", mount.target, mount.host));
        let help = format!("add to `volumes`: {}", lines.collect::<Vec<_>>().join(", "));
        let mounts = missing.iter().filter_map(|mount| {
            Some((mount.target.parse::<AbsPath>().ok()?, Volume::Host(mount.host.parse().ok()?)))
        });
        let mut volumes = service.volumes.clone();
        volumes.extend(mounts);
        let path = at("services", name);
        Some(rule.finding(path.clone(), message).help(help).fix(path.key("volumes"), volumes))
    };
    deployment.services.iter().filter_map(find).collect()
}
