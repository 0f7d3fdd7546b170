use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    registry::products::Product,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a product's metrics are read where they are",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let metrics = service.metrics.as_ref()?;
        let product = service.product()?;
        let target = service.ports.get(&metrics.port)?.target.get();
        let here = at("services", name).key("metrics");
        if let Some((_, protocol)) = product.other_ports.iter().find(|(port, _)| *port == target) {
            let message = format!("{} speaks {protocol} on {target}, and no metrics", product.name);
            return Some(rule.finding(here.key("port"), message).help(place(product)));
        }
        let (port, path) = product.metrics?;
        if let Some(port) = port.filter(|port| *port != target) {
            let message =
                format!("{} has its metrics on {port}, and `{name}` is asked on {target}", product.name);
            return Some(
                rule.finding(here.key("port"), message).help(format!("add the port {port}, and name it")),
            );
        }
        if metrics.path != path {
            let message = format!("{} has its metrics at `{path}`, not at `{}`", product.name, metrics.path);
            return Some(rule.finding(here.key("path"), message).help("take `path` out"));
        }
        let need = product.metrics_need.as_ref().filter(|need| !service.meets(need))?;
        let message = format!("{} has no metrics without {need}", product.name);
        Some(rule.finding(here, message).help(format!("add {need} to `{name}`")))
    };
    deployment.services.iter().filter_map(find).collect()
}

/// Where a product's metrics are, as a help.
fn place(product: &Product) -> String {
    match product.metrics {
        Some((Some(port), path)) => format!("they are on {port}, at `{path}`"),
        Some((None, path)) => format!("they are at `{path}`, on the port that it serves"),
        None => "it has none: take `metrics` out".to_owned(),
    }
}
