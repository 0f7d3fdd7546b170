//! The manifest of a zone.

use k8s_openapi::{
    api::{apps::v1 as apps, core::v1 as core},
    apimachinery::pkg::{apis::meta::v1::ObjectMeta, util::intstr::IntOrString},
};
use omni_model::{
    Facts,
    deployment::{Service, State, Volume},
    names::{NamespaceName, ServiceName, ZoneName},
    resolve::Target,
    scenario::Runtime,
};

use super::{
    labels::{label_selector, metadata, of_service, selector},
    metrics, pod,
    probe::start_time,
};
use crate::{
    artifact::Artifact,
    header::Header,
    yaml::{Document, to_yaml_documents},
};

/// How long a Deployment may go without progress beside what its service takes to start, in seconds: Kubernetes' own default.
const PROGRESS: u64 = 600;

/// A zone with pods.
pub(super) struct ZoneOfPods<'a> {
    pub(super) zone: &'a ZoneName,
    pub(super) title: &'a str,
    pub(super) namespace: NamespaceName,
    pub(super) services: Vec<(&'a ServiceName, &'a Service)>,
}

/// The zones that run on Kubernetes and have something to run.
pub(super) fn zones<'a>(facts: &Facts<'a>) -> Vec<ZoneOfPods<'a>> {
    let of = |zone: &ZoneName| {
        let (zone, spec) = facts.deployment().zones.get_key_value(zone)?;
        let services: Vec<_> =
            facts.run_by(Runtime::Kubernetes).filter(|(_, service)| service.zone == *zone).collect();
        let namespace = facts.namespace(zone).filter(|_| !services.is_empty())?;
        Some(ZoneOfPods { zone, title: spec.title.as_str(), namespace, services })
    };
    facts.kubernetes_zones().iter().filter_map(of).collect()
}

impl ZoneOfPods<'_> {
    /// Where its manifest stands: by its name for people, and its namespace.
    pub(super) fn path(&self) -> String {
        let words = self.title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let slug = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
        let slug = if slug.is_empty() { self.zone.as_str() } else { &slug };
        format!("k8s/{slug}-{}.yaml", self.namespace)
    }

    /// What it runs.
    pub(super) fn manifest(&self, facts: &Facts<'_>) -> Artifact {
        let documents: Vec<_> = self
            .services
            .iter()
            .flat_map(|(name, spec)| {
                let mut documents = metrics::access(facts, &self.namespace, name, spec);
                documents.push(Document::new(&deployment(facts, &self.namespace, name, spec)));
                let service = service(facts, &self.namespace, name, spec);
                documents.extend(service.map(|service| Document::new(&service)));
                documents
            })
            .collect();
        let header = Header::of(facts.deployment());
        Artifact::new(self.path(), to_yaml_documents(&header, &documents))
    }
}

/// How long the pods of a service may take to be ready, in seconds.
pub(super) fn patience(service: &Service) -> u64 {
    start_time(service).map_or(0, omni_model::units::Duration::secs).saturating_add(PROGRESS)
}

fn deployment(
    facts: &Facts<'_>,
    namespace: &NamespaceName,
    name: &ServiceName,
    service: &Service,
) -> apps::Deployment {
    let labels = of_service(facts, name, service);
    apps::Deployment {
        metadata: metadata(service.workload(name), Some(namespace), labels.clone()),
        spec: Some(apps::DeploymentSpec {
            replicas: Some(match service.state {
                State::Active => 1,
                State::Standby(_) => 0,
            }),
            // What takes long to load is no failure before it should be loaded.
            progress_deadline_seconds: start_time(service)
                .map(|_| i32::try_from(patience(service)).unwrap_or(i32::MAX)),
            selector: label_selector(name),
            strategy: strategy(service),
            template: core::PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }),
                spec: Some(pod::spec(facts, name, service)),
            },
            ..apps::DeploymentSpec::default()
        }),
        status: None,
    }
}

/// What only one pod at a time can have (GPUs, a port of the host's, data) the old one gives back before the new one starts. All others
/// are rolled over, which is Kubernetes' own way: with that written down, `kubectl apply` would find something to do every time.
fn strategy(service: &Service) -> Option<apps::DeploymentStrategy> {
    let writes = service.volumes.values().any(|volume| matches!(volume, Volume::Data(_)));
    let exclusive = !service.vram.is_empty() || service.host_network || writes;
    exclusive.then(|| apps::DeploymentStrategy { type_: Some("Recreate".to_owned()), rolling_update: None })
}

/// What others reach a service by; one on the host's network is reached by the host's address.
fn service(
    facts: &Facts<'_>,
    namespace: &NamespaceName,
    name: &ServiceName,
    service: &Service,
) -> Option<core::Service> {
    let links = facts.links();
    let reached = |port| {
        links.iter().any(|link| matches!(link.to, Target::Port(to, _, of, _) if to == name && of == port))
    };
    let ports = service.ports.iter().filter(|(port, _)| reached(*port) && !service.host_network);
    let ports: Vec<_> = ports
        .map(|(port, mapping)| core::ServicePort {
            name: Some(port.to_string()),
            port: mapping.target.get().into(),
            target_port: Some(IntOrString::String(port.to_string())),
            protocol: Some(mapping.protocol.to_string().to_uppercase()),
            ..core::ServicePort::default()
        })
        .collect();
    (!ports.is_empty()).then(|| core::Service {
        metadata: metadata(name.as_str(), Some(namespace), of_service(facts, name, service)),
        spec: Some(core::ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            selector: Some(selector(name)),
            ports: Some(ports),
            ..core::ServiceSpec::default()
        }),
        status: None,
    })
}
