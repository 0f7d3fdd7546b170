use crate::{
    deployment::{Deployment, Health, HttpHealth, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an HTTP health check uses a health endpoint of its product",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let Some(Health::Http(HttpHealth { port, path })) = &service.health else { return None };
        let product = service.product()?;
        let target = service.ports.get(port)?.target;
        let place = at("services", name).key("health").key("http");
        let other = product.other_ports.iter().find(|(port, _)| *port == target.get());
        if let Some((port, protocol)) = other {
            let message = message!(
                "`{name}` is checked over HTTP on port {port}, but {product} speaks {protocol} there",
                name,
                port,
                product = product.name,
                protocol,
            );
            return Some(rule.finding(place.key("port"), message).help("use `tcp` or `command`"));
        }
        let bare = |path: &str| path.trim_end_matches('/').to_owned();
        let first = product.health.first()?;
        if product.health.iter().any(|known| bare(known) == bare(path.as_str())) {
            return None;
        }
        let message = message!(
            "`{name}` is checked at `{path}`, which is not a known health endpoint of {product}",
            name,
            path,
            product = product.name,
        );
        let finding = rule.finding(place.key("path"), message);
        let known = list(product.health.iter().copied());
        Some(match product.health_note {
            Some(note) => finding.help(format!("use one of {known}; {note}")),
            None => finding.help(format!("use one of {known}")).fix(place.key("path"), first),
        })
    };
    deployment.services.iter().filter_map(find).collect()
}
