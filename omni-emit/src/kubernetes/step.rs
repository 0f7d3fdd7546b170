//! The step that runs the pods.

use askama::Template;
use indexmap::IndexSet;
use omni_model::{
    Scenario,
    deployment::{ImageSource, State},
    names::{EnvName, HostName, ImageRef},
};

use super::{
    cluster::{ApplyFiles, DeleteFiles},
    pod::SECRET,
    proofs,
    workload::ZoneOfPods,
};
use crate::{
    secrets,
    step::{Family, Script, Step},
};

#[derive(Template)]
#[template(path = "kubernetes/apply-pods.sh")]
struct Apply<'a> {
    images: IndexSet<&'a ImageRef>,
    secret: &'static str,
    env_file: String,
    namespaces: Vec<Namespace<'a>>,
    manifests: ApplyFiles<'a>,
}

/// The secrets that the pods of a namespace read.
struct Namespace<'a> {
    name: String,
    secrets: IndexSet<&'a EnvName>,
}

/// Brings images and secrets to where pods find them, then the pods.
pub(super) fn step(scenario: &Scenario<'_>, host: &HostName, zones: &[ZoneOfPods<'_>]) -> Step {
    let services = || zones.iter().flat_map(|zone| &zone.services);
    let local = services().filter(|(_, service)| service.image.source == ImageSource::Local);
    let active = local.filter(|(_, service)| service.state == State::Active);
    let namespaces = zones.iter().map(|zone| Namespace {
        name: zone.namespace.to_string(),
        secrets: zone.services.iter().flat_map(|(_, service)| service.secrets.values()).collect(),
    });
    let artifacts: Vec<_> = zones.iter().map(|zone| zone.manifest(scenario)).collect();
    let files: Vec<_> = artifacts.iter().map(|artifact| artifact.path.clone()).collect();
    let titles: Vec<_> = zones.iter().map(|zone| zone.title).collect();
    Step {
        family: Family::Kubernetes,
        host: host.clone(),
        phase: "2.3",
        name: "pods",
        title: format!("Pods: {}", titles.join(", ")),
        targets: format!(
            "namespaces {}",
            zones.iter().map(|zone| zone.namespace.as_str()).collect::<Vec<_>>().join(", ")
        ),
        follows: &[
            "storage",
            "models",
            "secrets",
            "namespaces",
            "device-plugin",
            "network-policies",
            "firewall",
        ],
        reboot: false,
        touches_data: false,
        artifacts,
        remember: Script::default(),
        apply: Script::new(&Apply {
            images: active.map(|(_, service)| &service.image.reference).collect(),
            secret: SECRET,
            env_file: secrets::env_file(scenario, host),
            namespaces: namespaces.filter(|namespace| !namespace.secrets.is_empty()).collect(),
            manifests: ApplyFiles { files: &files },
        }),
        verify: proofs::checks(scenario, zones),
        rollback: Script::new(&DeleteFiles { files: &files }),
    }
}
