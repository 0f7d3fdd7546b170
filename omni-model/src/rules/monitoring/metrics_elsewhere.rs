use crate::{
    catalog::products::Need,
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the metrics of a product are scraped where the product serves them",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let metrics = service.metrics.as_ref()?;
        let product = service.product()?;
        let scraped = service.ports.get(&metrics.port)?.target.get();
        let here = at("services", name).key("metrics");
        if let Some((_, protocol)) = product.other_ports.iter().find(|(port, _)| *port == scraped) {
            let message = message!(
                "{product} speaks {protocol} on port {port} and serves no metrics there",
                product = product.name,
                protocol,
                port = scraped,
            );
            let finding = rule.finding(here.key("port"), message);
            return Some(match product.metrics {
                Some((Some(port), _)) => use_port(finding, service, port),
                Some((None, path)) => finding.help(format!("name the port that serves `{path}`")),
                None => finding.help("remove `metrics`: the product has none").fix(here, ()),
            });
        }
        let (port, path) = product.metrics?;
        if let Some(port) = port.filter(|port| *port != scraped) {
            let message = message!(
                "{product} serves its metrics on port {port}, but `{service}` is scraped on port {scraped}",
                product = product.name,
                port,
                service = name,
                scraped,
            );
            return Some(use_port(rule.finding(here.key("port"), message), service, port));
        }
        if metrics.path != path {
            let message = message!(
                "{product} serves its metrics at `{path}`, not at `{scraped}`",
                product = product.name,
                path,
                scraped = metrics.path,
            );
            let here = here.key("path");
            return Some(
                rule.finding(here.clone(), message).help(format!("set `path` to `{path}`")).fix(here, path),
            );
        }
        let need = product.metrics_need.as_ref().filter(|need| !service.meets(need))?;
        let message = message!(
            "{product} serves no metrics without {need}",
            product = product.name,
            need = need.to_string()
        );
        let finding = rule.finding(here, message).help(format!("add {need} to `{name}`"));
        Some(match need {
            Need::Argument(argument) if service.args.is_empty() && !service.command.is_empty() => {
                finding.fix_by_adding(&at("services", name).key("command"), service.command.len(), argument)
            }
            Need::Argument(argument) => {
                finding.fix_by_adding(&at("services", name).key("args"), service.args.len(), argument)
            }
            Need::Variable(variable, value) => {
                finding.fix(at("services", name).key("env").key(variable), value)
            }
        })
    };
    deployment.services.iter().filter_map(find).collect()
}

/// Adds the help to scrape another port, where the finding is.
fn use_port(finding: Diagnostic, service: &Service, port: u16) -> Diagnostic {
    match service.ports.iter().find(|(_, mapping)| mapping.target.get() == port) {
        Some((name, _)) => {
            let path = finding.path.clone();
            finding.help(format!("set `port` to `{name}`, which is {port}")).fix(path, name)
        }
        None => finding.help(format!("add {port} to `ports`, and set `port` to its name")),
    }
}
