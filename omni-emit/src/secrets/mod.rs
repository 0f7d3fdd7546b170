//! Secrets: the operator fills them in, and containers get them.
//!
//! They are in one file on the host, outside of the emitted folder, which belongs to Omni and may be shown to others.

use askama::Template;
use indexmap::{IndexMap, IndexSet};
use omni_model::{
    Facts,
    deployment::{Secret, Service},
    names::{EnvName, HostName, ServiceName, Text},
    scenario::Runtime,
};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    step::{Check, Script, Step, StepId},
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("secrets");

/// The file that holds a deployment's secrets on each of its hosts.
pub(crate) fn path(deployment: &str) -> String {
    format!("/etc/omni/{deployment}.env")
}

/// The file with the secrets of a host's containers, or `/dev/null` if they have none.
pub(crate) fn env_file(facts: &Facts<'_>, host: &HostName) -> String {
    if needed(facts, host).is_empty() {
        "/dev/null".to_owned()
    } else {
        path(facts.deployment().name.as_str())
    }
}

/// The secrets that a service on Docker Compose reads from files: Alertmanager cannot read its receivers' secrets from variables.
pub(crate) fn files<'a>(facts: &Facts<'a>, name: &ServiceName) -> IndexSet<&'a EnvName> {
    let Some(monitoring) = &facts.deployment().monitoring else { return IndexSet::new() };
    let receivers = monitoring.receivers().filter(|_| monitoring.alertmanager.as_ref() == Some(name));
    receivers.flat_map(|(_, receiver)| receiver.secrets().map(|(_, secret)| secret)).collect()
}

/// The path of a secret in a container on Docker Compose.
pub(crate) fn file_path(secret: &EnvName) -> String {
    format!("/run/secrets/{secret}")
}

#[derive(Template)]
#[template(path = "secrets/env.txt")]
struct Example<'a> {
    header: Header<'a>,
    path: &'a str,
    secrets: Vec<Line>,
}

struct Line {
    name: EnvName,
    purpose: Text,
    optional: bool,
}

#[derive(Template)]
#[template(path = "secrets/filled-in.sh")]
struct FilledIn<'a> {
    path: &'a str,
    example: &'a str,
    required: &'a [&'a EnvName],
}

#[derive(Template)]
#[template(path = "secrets/apply.sh")]
struct Apply {
    filled_in: Script,
}

#[derive(Template)]
#[template(path = "secrets/verify.sh")]
struct Verify<'a> {
    path: &'a str,
    required: &'a [&'a EnvName],
}

/// Checks before the deployment that the operator has filled in the secrets that a host needs.
pub(crate) fn preflight(facts: &Facts<'_>, host: &HostName) -> Option<Check> {
    let needed = needed(facts, host);
    let path = path(facts.deployment().name.as_str());
    (!needed.is_empty()).then(|| {
        Check::new(
            "secrets-filled-in",
            "Secrets filled in",
            format!("{path} has a value for each required secret"),
            filled_in(facts, host, &required(&needed)),
        )
    })
}

fn filled_in(facts: &Facts<'_>, host: &HostName, required: &[&EnvName]) -> Script {
    let path = path(facts.deployment().name.as_str());
    Script::new(&FilledIn { path: &path, example: &example(facts, host), required })
}

/// The secrets that are not optional.
fn required<'a>(needed: &IndexMap<&'a EnvName, bool>) -> Vec<&'a EnvName> {
    needed.iter().filter(|(_, required)| **required).map(|(name, _)| *name).collect()
}

/// The file that an operator copies, relative to the bundle.
fn example(facts: &Facts<'_>, host: &HostName) -> String {
    format!("{}compose/.env.example", facts.host_folder(host))
}

/// Checks that the operator has filled in the secrets that each host needs.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let hosts = facts.deployment().hosts.keys();
    let needed = hosts.map(|host| (host, needed(facts, host)));
    needed.filter(|(_, needed)| !needed.is_empty()).map(|(host, needed)| step(facts, host, &needed)).collect()
}

/// The secrets that a host's containers, the cluster's pods and the downloads of models use, and whether they are required.
fn needed<'a>(facts: &Facts<'a>, host: &HostName) -> IndexMap<&'a EnvName, bool> {
    let deployment = facts.deployment();
    let cluster = deployment.cluster.as_ref().map(|cluster| &cluster.host);
    let here = |service: &Service| match facts.runtime(service) {
        Runtime::Compose => facts.host(service).is_some_and(|(name, _)| name == host),
        Runtime::Kubernetes => cluster == Some(host),
    };
    let mut needed = IndexMap::new();
    for (name, service) in facts.services().filter(|(_, service)| here(service)) {
        for secret in service.secrets.values() {
            let optional = deployment.secrets.get(secret).is_some_and(|secret| secret.optional);
            *needed.entry(secret).or_default() |= !optional;
        }
        needed.extend(files(facts, name).into_iter().map(|secret| (secret, true)));
    }
    let only = deployment.hosts.len() == 1;
    let downloaded = deployment.models.values().filter(|model| only || model.host.as_ref() == Some(host));
    for token in downloaded.filter_map(|model| model.token.as_ref()) {
        let optional = deployment.secrets.get(token).is_some_and(|secret| secret.optional);
        *needed.entry(token).or_default() |= !optional;
    }
    needed
}

fn step(facts: &Facts<'_>, host: &HostName, needed: &IndexMap<&EnvName, bool>) -> Step {
    let deployment = facts.deployment();
    let path = path(deployment.name.as_str());
    let example = example(facts, host);
    let required = required(needed);
    let secret = |(name, spec): (&'_ EnvName, &'_ Secret)| Line {
        optional: spec.optional && !required.contains(&name),
        name: name.clone(),
        purpose: spec.description.clone(),
    };
    let secrets = deployment.secrets.iter().map(secret).collect();
    let contents = Example { header: Header::of(deployment), path: &path, secrets };
    Step {
        host: host.clone(),
        id: STEP,
        title: "Secrets, filled in by the operator".to_owned(),
        targets: path.clone(),
        follows: &[],
        reboot: false,
        touches_data: false,
        apply: Script::new(&Apply { filled_in: filled_in(facts, host, &required) }),
        artifacts: vec![Artifact::from_template(example, &contents)],
        remember: Script::default(),
        verify: vec![Check::new(
            "secrets",
            "Secrets",
            format!("{path} is complete, and only root can read it"),
            Script::new(&Verify { path: &path, required: &required }),
        )],
        // The file belongs to the operator.
        rollback: Script::default(),
    }
}
