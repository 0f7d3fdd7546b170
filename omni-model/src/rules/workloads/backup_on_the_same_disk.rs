use crate::{
    deployment::{Deployment, Host},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "backups are on another disk than the data",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, host): (&_, &Host)| {
        let (backup, storage) = (host.backup.as_ref()?, host.storage.as_ref()?);
        backup.to.is_below(&storage.mount).then_some(())?;
        let message = message!(
            "the backups of `{host}` go to {to}, which is on the same disk as the data in {mount}",
            host = name,
            to = backup.to,
            mount = storage.mount,
        );
        let path = at("hosts", name).key("backup").key("to");
        Some(rule.finding(path, message).help("choose a folder on another disk"))
    };
    deployment.hosts.iter().filter_map(find).collect()
}
