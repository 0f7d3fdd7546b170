//! What of a pod no manifest shows: which image a tag means, and which values a Secret has. A change of either is rolled out too.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{ImageSource, Service},
    names::{EnvName, HostName, ServiceName},
};

use super::workload::ZoneOfPods;
use crate::{
    secrets,
    step::{Check, Script},
};

/// The functions that find it out, for a script that sets `kept`, the folder of the step's state.
#[derive(Template)]
#[template(path = "kubernetes/current.sh")]
pub(super) struct Current {
    env_file: String,
}

/// A Deployment whose pods are annotated with it.
pub(super) struct Annotated<'a> {
    pub(super) namespace: String,
    pub(super) deployment: &'a str,
    pub(super) service: &'a ServiceName,
    /// Its manifest, relative to the bundle.
    pub(super) file: String,
    /// Its image if the operator has built it, else nothing.
    pub(super) image: &'a str,
    /// The secrets that its environment has.
    pub(super) secrets: Vec<&'a EnvName>,
}

#[derive(Template)]
#[template(path = "kubernetes/verify-current.sh")]
struct Verify<'a> {
    current: &'a Current,
    annotated: &'a [Annotated<'a>],
}

impl Current {
    pub(super) fn new(facts: &Facts<'_>, host: &HostName) -> Self {
        Self { env_file: secrets::env_file(facts, host) }
    }

    /// The pods run what is on the host.
    pub(super) fn check(&self, annotated: &[Annotated<'_>]) -> Option<Check> {
        (!annotated.is_empty()).then(|| Check {
            name: "pods-current".to_owned(),
            title: "Pods up to date".to_owned(),
            expected: "the images and the secrets that are on this host".to_owned(),
            after: Some("k3s-node".to_owned()),
            script: Script::new(&Verify { current: self, annotated }),
        })
    }
}

/// The Deployments of the zones that have an image of the operator's or secrets.
pub(super) fn annotated<'a>(zones: &[ZoneOfPods<'a>]) -> Vec<Annotated<'a>> {
    let of_zone = |zone: &ZoneOfPods<'a>| {
        let (namespace, file) = (zone.namespace.to_string(), zone.path());
        let pod = move |&(name, service): &(&'a ServiceName, &'a Service)| Annotated {
            namespace: namespace.clone(),
            deployment: service.workload(name),
            service: name,
            file: file.clone(),
            image: match service.image.source {
                ImageSource::Local => service.image.reference.as_str(),
                ImageSource::Registry => "",
            },
            secrets: service.secrets.values().collect(),
        };
        zone.services.iter().map(pod).filter(Annotated::has_any).collect::<Vec<_>>()
    };
    zones.iter().flat_map(of_zone).collect()
}

impl Annotated<'_> {
    fn has_any(&self) -> bool {
        !self.image.is_empty() || !self.secrets.is_empty()
    }
}
