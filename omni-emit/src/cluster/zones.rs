//! The zones that run on Kubernetes.

use omni_model::{
    Facts,
    deployment::Service,
    names::{NamespaceName, ServiceName, ZoneName},
    scenario::Runtime,
};

/// A zone with pods.
pub(crate) struct ZoneOfPods<'a> {
    pub(crate) zone: &'a ZoneName,
    pub(crate) title: &'a str,
    pub(crate) namespace: NamespaceName,
    pub(crate) services: Vec<(&'a ServiceName, &'a Service)>,
}

/// The zones that run on Kubernetes and have something to run.
pub(crate) fn zones<'a>(facts: &Facts<'a>) -> Vec<ZoneOfPods<'a>> {
    let of = |zone: &ZoneName| {
        let (zone, spec) = facts.deployment().zones.get_key_value(zone)?;
        let services: Vec<_> =
            facts.run_by(Runtime::Kubernetes).filter(|(_, service)| service.zone == *zone).collect();
        let namespace = facts.namespace(zone).filter(|_| !services.is_empty())?;
        Some(ZoneOfPods { zone, title: spec.title.as_str(), namespace, services })
    };
    facts.kubernetes_zones().iter().filter_map(of).collect()
}
