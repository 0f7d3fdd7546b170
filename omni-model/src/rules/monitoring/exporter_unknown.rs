use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    monitoring::exporters,
    rules::{Definition, Rule, Scope, at},
    suggest::did_you_mean,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "an exporter is known, or the deployment says what it exports",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let Some(monitoring) = &deployment.monitoring else { return Vec::new() };
    let find = |(name, service): (&_, &Service)| {
        let exporter = &service.metrics.as_ref()?.exporter;
        let known =
            exporters::find(exporter.as_str()).is_some() || monitoring.exporters.contains_key(exporter);
        (!known).then_some(())?;
        let own = monitoring.exporters.keys().map(AsRef::as_ref);
        let names = exporters::EXPORTERS.iter().map(|exporter| exporter.name).chain(own);
        let help = match did_you_mean(exporter.as_str(), names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("say what it exports in `monitoring.exporters.{exporter}`"),
        };
        let path = at("services", name).key("metrics").key("exporter");
        Some(rule.finding(path, format!("nobody knows which metrics `{exporter}` exports")).help(help))
    };
    deployment.services.iter().filter_map(find).collect()
}
