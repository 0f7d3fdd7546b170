use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    monitoring::exporters,
    rules::{Definition, Rule, Scope, at},
    suggest::did_you_mean,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "Omni knows the metrics of each exporter, or the deployment lists them",
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
        let path = at("services", name).key("metrics").key("exporter");
        let message = message!("the metrics of the exporter `{exporter}` are unknown", exporter);
        let finding = rule.finding(path.clone(), message);
        Some(match did_you_mean(exporter.as_str(), names) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")).fix(path, meant),
            None => finding.help(format!("list its metrics in `monitoring.exporters.{exporter}.metrics`")),
        })
    };
    deployment.services.iter().filter_map(find).collect()
}
