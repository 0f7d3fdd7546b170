use crate::{
    deployment::{Deployment, Host},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "backups stand on another disk than what they save",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, host): (&_, &Host)| {
        let (backup, storage) = (host.backup.as_ref()?, host.storage.as_ref()?);
        backup.to.is_below(&storage.mount).then_some(())?;
        let message = format!(
            "the backups of `{name}` go to {}, on the disk that they save: {}",
            backup.to, storage.mount
        );
        let path = at("hosts", name).key("backup").key("to");
        Some(rule.finding(path, message).help("name a folder on another disk"))
    };
    deployment.hosts.iter().filter_map(find).collect()
}
