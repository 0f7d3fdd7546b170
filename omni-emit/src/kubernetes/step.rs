//! The step that runs the pods.

use askama::Template;
use std::collections::BTreeMap;

use indexmap::IndexSet;
use omni_model::{
    Facts,
    deployment::ImageSource,
    names::{EnvName, HostName, ImageRef},
};

use super::{
    cluster::ApplyFiles,
    current::{Annotated, Current, annotated},
    labels::common,
    leftovers::{LeftBehind, delete},
    pod::SECRET,
    proofs,
    workload::ZoneOfPods,
};
use crate::{
    operations, secrets,
    step::{Family, Script, Step},
};

#[derive(Template)]
#[template(path = "kubernetes/apply-pods.sh")]
struct Apply<'a> {
    /// What must not run beside the pods.
    stand_ins: Vec<Script>,
    current: &'a Current,
    annotated: &'a [Annotated<'a>],
    images: IndexSet<&'a ImageRef>,
    secret: &'static str,
    env_file: String,
    namespaces: Vec<Namespace<'a>>,
    labels: BTreeMap<String, String>,
    manifests: ApplyFiles<'a>,
    left_behind: &'a LeftBehind,
}

/// The secrets that the pods of a namespace read.
struct Namespace<'a> {
    name: String,
    secrets: IndexSet<&'a EnvName>,
}

/// Brings images and secrets to where pods find them, then the pods.
pub(super) fn step<'a>(facts: &Facts<'a>, host: &HostName, zones: &[ZoneOfPods<'a>]) -> Step {
    let services = || zones.iter().flat_map(|zone| &zone.services);
    let local = services().filter(|(_, service)| service.image.source == ImageSource::Local);
    let namespaces = zones.iter().map(|zone| Namespace {
        name: zone.namespace.to_string(),
        secrets: zone.services.iter().flat_map(|(_, service)| service.secrets.values()).collect(),
    });
    let namespaces: Vec<_> = namespaces.filter(|namespace| !namespace.secrets.is_empty()).collect();
    let left_behind =
        LeftBehind::new(facts, SECRET, namespaces.iter().map(|namespace| namespace.name.as_str()));
    let artifacts: Vec<_> = zones.iter().map(|zone| zone.manifest(facts)).collect();
    let files: Vec<_> = artifacts.iter().map(|artifact| artifact.path.clone()).collect();
    let (current, annotated) = (Current::new(facts, host), annotated(zones));
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
            stand_ins: operations::stand_ins(facts, host, services().copied()),
            current: &current,
            annotated: &annotated,
            // Those of standbys too: when one has to take over is no time to build it.
            images: local.map(|(_, service)| &service.image.reference).collect(),
            secret: SECRET,
            env_file: secrets::env_file(facts, host),
            namespaces,
            labels: common(facts),
            left_behind: &left_behind,
            manifests: ApplyFiles { files: &files },
        }),
        verify: proofs::checks(facts, zones)
            .into_iter()
            .chain(current.check(&annotated))
            .chain([left_behind.check()])
            .collect(),
        rollback: delete(
            facts,
            "deployments,services,serviceaccounts,secrets,clusterroles,clusterrolebindings",
        ),
    }
}
