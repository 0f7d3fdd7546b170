use crate::{
    deployment::{Deployment, Health, HttpHealth, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a product is asked for its health where it answers",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let Some(Health::Http(HttpHealth { port, path })) = &service.health else { return None };
        let product = service.product()?;
        let target = service.ports.get(port)?.target;
        let other = product.other_ports.iter().find(|(port, _)| *port == target.get());
        let place = at("services", name).key("health").key("http");
        let bare = |path: &str| path.trim_end_matches('/').to_owned();
        if let Some((port, protocol)) = other {
            let message =
                format!("`{name}` is asked by HTTP on {port}, where {} speaks {protocol}", product.name);
            return Some(rule.finding(place.key("port"), message).help("ask by `tcp` or `command`"));
        }
        if product.health.is_empty() || product.health.iter().any(|known| bare(known) == bare(path.as_str()))
        {
            return None;
        }
        let message = format!("{} is not known to answer at `{path}`", product.name);
        let note = product.health_note.map(|note| format!("; {note}")).unwrap_or_default();
        let help = format!("it answers at {}{note}", list(product.health.iter().copied()));
        Some(rule.finding(place.key("path"), message).help(help))
    };
    deployment.services.iter().filter_map(find).collect()
}
