//! Pods as kube-state-metrics sees them.

use super::{
    query::Query,
    story::{Labels, Series, Site, Values},
    targets::Target,
};
use crate::{Scenario, deployment::Service, names::ServiceName};

/// How many pods of a Deployment are ready.
const READY: &str = "kube_deployment_status_replicas_ready";

/// How many pods of a service are ready.
pub(super) fn ready(query: &Query<'_, '_>, name: &ServiceName, service: &Service) -> Option<String> {
    let namespace = query.scenario.namespace(&service.zone)?;
    let deployment = [("namespace", namespace.as_str()), ("deployment", service.workload(name))];
    Some(query.series(READY, &deployment))
}

/// The series of the same, of its values.
pub(super) fn ready_series<'t>(
    site: &'t Site<'_, '_>,
    name: &ServiceName,
    service: &Service,
) -> Option<impl Fn(Values) -> Series + use<'t>> {
    let target: &'t Target<'_> = site.targets.exporting(site.scenario, READY)?;
    let namespace = site.scenario.namespace(&service.zone)?.to_string();
    let labels = [("namespace", namespace), ("deployment", service.workload(name).to_owned())];
    Some(move |values| Series::of(READY, target, labels.clone(), values))
}

/// The labels of a container of a service's Deployment. Kubernetes makes up the name of a pod, so this one stands for any.
pub(super) fn container(scenario: &Scenario<'_>, name: &ServiceName, service: &Service) -> Option<Labels> {
    Some(vec![
        ("namespace", scenario.namespace(&service.zone)?.to_string()),
        ("pod", format!("{}-0", service.workload(name))),
        ("uid", "0".to_owned()),
        ("container", service.container(name).to_owned()),
    ])
}
