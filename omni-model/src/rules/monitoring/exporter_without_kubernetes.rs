use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    monitoring::exporters,
    rules::{Definition, Rule, Scope, at},
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "an exporter of Kubernetes metrics exists only in options that run zones on Kubernetes",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    // The exporter itself does not make an option one that uses Kubernetes.
    if !facts.kubernetes_zones().is_empty() {
        return Vec::new();
    }
    let reads_kubernetes = |service: &Service| {
        let exporter = service.metrics.as_ref().map(|metrics| metrics.exporter.as_str());
        exporter.and_then(exporters::find).is_some_and(|exporter| exporter.kubernetes)
    };
    let options = facts.deployment().options.iter().filter(|(_, option)| !option.kubernetes.is_empty());
    let options: Vec<_> = options.map(|(name, _)| name).collect();
    let find = |(name, service): (_, &Service)| {
        reads_kubernetes(service).then_some(())?;
        let message =
            message!("`{service}` reads Kubernetes metrics, but nothing runs on Kubernetes", service = name);
        let here = at("services", name);
        let finding = rule.finding(here.key("metrics").key("exporter"), message);
        let kept: Vec<_> = options
            .iter()
            .filter(|name| service.options.is_empty() || service.options.contains(name))
            .collect();
        Some(match kept.is_empty() {
            true => finding.help("remove the service, or run a zone on Kubernetes in an option"),
            false => {
                let help = format!(
                    "set `options` to those that run zones on Kubernetes: {}",
                    list(kept.iter().map(|name| name.as_str()))
                );
                finding.help(help).fix(here.key("options"), kept)
            }
        })
    };
    facts.active().filter_map(find).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{facts::Facts, rules::M016, testing};

    #[test]
    fn the_options_that_use_kubernetes_are_proposed() {
        let deployment = testing::deployment(|document| {
            document["services"]["store"]["metrics"] =
                json!({"port": "http", "exporter": "kube-state-metrics"});
        });
        let findings = M016.findings(&deployment, &Facts::all(&deployment));
        let fixes: Vec<_> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        assert_eq!(fixes.len(), 1);
        assert_eq!(
            (fixes[0].path.to_string().as_str(), &fixes[0].value),
            ("services.store.options", &json!(["k3s"]))
        );
    }
}
