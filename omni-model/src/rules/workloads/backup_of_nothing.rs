use crate::{
    deployment::{Deployment, Host, Volume},
    diagnostic::{Diagnostic, Severity},
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a host with regular backups has something to save",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, host): (&_, &Host)| {
        host.backup.as_ref()?;
        let models = host.storage.as_ref().and_then(|storage| storage.models.as_ref());
        let saves = |volume: &Volume| matches!(volume, Volume::Data(directory) if Some(directory) != models);
        let writes = deployment.services.values().any(|service| {
            resolve::host(deployment, service).is_some_and(|(here, _)| here == name)
                && service.volumes.values().any(saves)
        });
        let message = format!("no service on `{name}` writes data: there is nothing to save");
        (!writes).then(|| rule.finding(at("hosts", name).key("backup"), message).help("take `backup` out"))
    };
    deployment.hosts.iter().filter_map(find).collect()
}
