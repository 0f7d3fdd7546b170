//! How a Deployment is stopped and started.

use askama::Template;
use omni_model::{
    Facts,
    deployment::Service,
    names::{NamespaceName, ServiceName},
};

use crate::script::Script;

#[derive(Template)]
#[template(path = "scaling/down.sh")]
struct Down<'a> {
    namespace: NamespaceName,
    deployment: &'a str,
    service: &'a ServiceName,
}

#[derive(Template)]
#[template(path = "scaling/up.sh")]
struct Up<'a> {
    namespace: NamespaceName,
    deployment: &'a str,
}

/// Scales a service's Deployment to no pod, and waits until its pods are gone.
pub(crate) fn down(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Option<Script> {
    let namespace = facts.namespace(&service.zone)?;
    Some(Script::new(&Down { namespace, deployment: service.workload(name), service: name }))
}

/// Scales a service's Deployment to one pod.
pub(crate) fn up(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Option<Script> {
    let namespace = facts.namespace(&service.zone)?;
    Some(Script::new(&Up { namespace, deployment: service.workload(name) }))
}
