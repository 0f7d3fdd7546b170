use crate::{
    deployment::{Deployment, Service, Volume},
    diagnostic::{Diagnostic, Severity},
    names::Owner,
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a directory that a service writes to belongs to the user that it writes as",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        let Some(user) = writes_as(service) else { continue };
        let Some((host_name, storage)) =
            resolve::host(deployment, service).and_then(|(name, host)| Some((name, host.storage.as_ref()?)))
        else {
            continue;
        };
        for (target, volume) in &service.volumes {
            let Volume::Data(directory) = volume else { continue };
            let Some(spec) = storage.directories.get(directory) else { continue };
            if owns(spec.owner, user, service) {
                continue;
            }
            let message = format!(
                "`{name}` writes to `{directory}` as user {user}, and it belongs to {}",
                match spec.owner {
                    Owner::Operator => "the operator".to_owned(),
                    Owner::Root => "root".to_owned(),
                    Owner::User(owner) => format!("user {}", owner.uid),
                }
            );
            let owner = at("hosts", host_name).key("storage").key("directories").key(directory).key("owner");
            let help = match user {
                0 => format!("say `owner: root` in `{directory}`"),
                _ => format!(
                    "say `owner: \"{user}:{user}\"` in `{directory}`, or the group that its image has"
                ),
            };
            let finding = rule.finding(at("services", name).key("volumes").key(target), message);
            findings.push(finding.related(owner, "its owner").help(help));
        }
    }
    findings
}

/// The number of the user that writes a service's data, where that is known.
fn writes_as(service: &Service) -> Option<u32> {
    let of_image = || service.product()?.user(&service.image.reference);
    service.user.map(|user| user.uid).or_else(of_image)
}

/// Whether a user may write to what belongs to an owner. Containers have no capabilities but those that they are given, so that
/// root itself writes to nobody else's.
fn owns(owner: Owner, user: u32, service: &Service) -> bool {
    let overrides = user == 0 && service.capabilities.iter().any(|capability| *capability == "DAC_OVERRIDE");
    overrides
        || match owner {
            Owner::Operator => false,
            Owner::Root => user == 0,
            Owner::User(owner) => owner.uid == user,
        }
}
