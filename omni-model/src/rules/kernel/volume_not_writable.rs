use crate::{
    deployment::{Deployment, Service, Volume},
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    names::{DirectoryName, HostName, Owner},
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a directory that a service writes to belongs to the user that the service runs as",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        let Some(user) = writes_as(service) else { continue };
        let Some((host, storage)) =
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
            let owner = match spec.owner {
                Owner::Operator => "the operator".to_owned(),
                Owner::Root => "root".to_owned(),
                Owner::User(owner) => format!("user {}", owner.uid),
            };
            let message = message!(
                "`{service}` writes to `{directory}` as user {user}, but the directory belongs to {owner}",
                service = name,
                directory,
                user,
                owner = said(owner, spec.owner),
            );
            let here = at("hosts", host).key("storage").key("directories").key(directory);
            let (key, is_default) = (here.key("owner"), spec.owner == Owner::Operator);
            let finding = rule.finding(at("services", name).key("volumes").key(target), message);
            let finding = finding.related(if is_default { here } else { key.clone() }, "its owner");
            let right = match (user, service.user) {
                (0, _) => Some(Owner::Root),
                (_, user) => user.map(Owner::User),
            };
            findings.push(match right {
                Some(right) => {
                    let finding = finding.help(format!("set `owner` of `{directory}` to `{right}`"));
                    let is_only = writers(deployment, host, directory).count() == 1;
                    if is_only { finding.fix(key, right) } else { finding }
                }
                None => finding.help(format!(
                    "set `owner` of `{directory}` to `{user}:{user}`, or to user {user} and the group of the image"
                )),
            });
        }
    }
    findings
}

/// The services that write to a directory of a host.
fn writers<'a>(
    deployment: &'a Deployment,
    host: &HostName,
    directory: &DirectoryName,
) -> impl Iterator<Item = &'a Service> {
    let here = move |service: &&Service| {
        let is_written = |volume: &Volume| matches!(volume, Volume::Data(it) if it == directory);
        resolve::host(deployment, service).is_some_and(|(name, _)| name == host)
            && service.volumes.values().any(is_written)
    };
    deployment.services.values().filter(here)
}

/// The number of the user that writes a service's data, where that is known.
fn writes_as(service: &Service) -> Option<u32> {
    let of_image = || service.product()?.user(&service.image.reference);
    service.user.map(|user| user.uid).or_else(of_image)
}

/// Whether a user may write to the directory of an owner. Containers have only the capabilities that they are given, so that
/// even root cannot write to a directory of another user.
fn owns(owner: Owner, user: u32, service: &Service) -> bool {
    let overrides = user == 0 && service.capabilities.iter().any(|capability| *capability == "DAC_OVERRIDE");
    overrides
        || match owner {
            Owner::Operator => false,
            Owner::Root => user == 0,
            Owner::User(owner) => owner.uid == user,
        }
}
