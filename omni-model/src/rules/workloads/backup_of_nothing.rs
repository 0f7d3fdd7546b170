use crate::{
    deployment::{Deployment, Host, Volume},
    diagnostic::{Diagnostic, Severity},
    message::message,
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a host with regular backups has data to back up",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, host): (&_, &Host)| {
        host.backup.as_ref()?;
        let models = host.storage.as_ref().and_then(|storage| storage.models.as_ref());
        let is_saved =
            |volume: &Volume| matches!(volume, Volume::Data(directory) if Some(directory) != models);
        let writes_data = deployment.services.values().any(|service| {
            resolve::host(deployment, service).is_some_and(|(here, _)| here == name)
                && service.volumes.values().any(is_saved)
        });
        if writes_data {
            return None;
        }
        let message =
            message!("no service on `{host}` writes data, so there is nothing to back up", host = name);
        let path = at("hosts", name).key("backup");
        Some(rule.finding(path.clone(), message).help("remove `backup`").fix(path, ()))
    };
    deployment.hosts.iter().filter_map(find).collect()
}
