//! The data that services write: which directories, who writes to them, and what the writers are called. Models are not among
//! them, since they are downloads.

use indexmap::IndexMap;
use omni_model::{
    Facts,
    deployment::{Host, Service, Volume},
    names::{AbsPath, DirectoryName, HostName, NamespaceName, ServiceName},
    scenario::Runtime,
};

use crate::{scaling, script::Script};

/// A directory that services write to.
pub(crate) struct Directory {
    pub(crate) name: DirectoryName,
    /// The path.
    pub(crate) path: AbsPath,
    /// The services, separated by blanks.
    pub(crate) services: String,
}

/// A service, and the name of its container or Deployment.
pub(crate) struct Named {
    pub(crate) service: ServiceName,
    pub(crate) name: String,
}

/// A service that writes data and runs on Kubernetes.
pub(crate) struct Pod {
    pub(crate) name: ServiceName,
    /// Its name as part of a shell function's.
    pub(crate) function: String,
    pub(crate) namespace: NamespaceName,
    pub(crate) scale_down: Script,
}

/// The directories that the services of a host write to, in the order of the services.
pub(crate) fn directories(facts: &Facts<'_>, name: &HostName, host: &Host) -> Vec<Directory> {
    let mut writers: IndexMap<&DirectoryName, Vec<&str>> = IndexMap::new();
    for (service, spec) in facts.on(name) {
        for directory in written(spec, host) {
            writers.entry(directory).or_default().push(service.as_str());
        }
    }
    let directory = |(name, services): (&DirectoryName, Vec<&str>)| {
        Some(Directory {
            name: name.clone(),
            path: host.storage.as_ref()?.mount.join(name),
            services: services.join(" "),
        })
    };
    writers.into_iter().filter_map(directory).collect()
}

/// The containers and Deployments of the services that write data.
pub(crate) fn names(facts: &Facts<'_>, host: &HostName, spec: &Host) -> Vec<Named> {
    let writers = facts.on(host).iter().filter(|(_, service)| written(service, spec).next().is_some());
    let named = |(service, spec): &(&ServiceName, &Service)| Named {
        service: ServiceName::clone(service),
        name: match facts.runtime(spec) {
            Runtime::Compose => spec.container(service).to_owned(),
            Runtime::Kubernetes => spec.workload(service).to_owned(),
        },
    };
    writers.map(named).collect()
}

/// The services of a host that run on Kubernetes and write data.
pub(crate) fn pods(facts: &Facts<'_>, host: &HostName, spec: &Host) -> Vec<Pod> {
    let pod = |(name, service): &(&ServiceName, &Service)| {
        let on_kubernetes = facts.runtime(service) == Runtime::Kubernetes;
        (on_kubernetes && written(service, spec).next().is_some()).then_some(())?;
        let namespace = facts.namespace(&service.zone)?;
        let scale_down = scaling::down(facts, name, service)?;
        let function = name.as_str().replace('-', "_");
        Some(Pod { name: ServiceName::clone(name), function, namespace, scale_down })
    };
    facts.on(host).iter().filter_map(pod).collect()
}

/// The directories that a service writes to, without the directory of the models.
fn written<'a>(service: &'a Service, host: &'a Host) -> impl Iterator<Item = &'a DirectoryName> {
    let models = host.storage.as_ref().and_then(|storage| storage.models.as_ref());
    service.volumes.values().filter_map(move |volume| match volume {
        Volume::Data(directory) if Some(directory) != models => Some(directory),
        Volume::Data(_) | Volume::ReadOnly(_) | Volume::Host(_) | Volume::Tmpfs(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{checked, document, facts};

    #[test]
    fn what_services_write_is_saved_and_models_are_not() {
        let mut document = document();
        document["services"]["llm"]["volumes"]["/cache"] = json!({"data": "models"});
        let checked = checked(document);
        for option in ["compose", "k3s"] {
            let facts = facts(&checked, option);
            let (name, host) = checked.hosts.first().unwrap();
            let directories = super::directories(&facts, name, host);
            let found: Vec<_> =
                directories.iter().map(|it| (it.path.as_str(), it.services.as_str())).collect();
            assert_eq!(found, [("/data/store", "store")]);
        }
    }
}
