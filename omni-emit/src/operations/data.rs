//! The data that services write: `backup.sh` and `restore.sh`. Each directory that a service holds as a data volume is in
//! them; models are not, since they are downloads.

use askama::Template;
use indexmap::IndexMap;
use omni_model::{
    Facts,
    deployment::{Host, Service, Volume},
    names::{AbsPath, DirectoryName, HostName, NamespaceName, ServiceName},
    scenario::Runtime,
};

use super::{failover::ScaleDown, program};
use crate::{artifact::Artifact, filters, header::Header, step::Script};

/// A directory that services write to.
pub(crate) struct Directory {
    name: DirectoryName,
    /// Where it is.
    pub(crate) path: AbsPath,
    /// The services, with blanks between them.
    pub(crate) services: String,
}

/// What a service's container or Deployment is called.
pub(crate) struct Named {
    pub(crate) service: ServiceName,
    pub(crate) name: String,
}

/// A service that writes data and runs on Kubernetes.
pub(crate) struct Pod {
    pub(crate) name: ServiceName,
    function: String,
    pub(crate) namespace: NamespaceName,
    scale_down: Script,
}

#[derive(Template)]
#[template(path = "operations/backup.sh")]
struct Backup<'a> {
    header: Header<'a>,
    deployment: &'a str,
    host: &'a HostName,
    state_root: &'a str,
    directories: &'a [Directory],
    pods: &'a [Pod],
    names: &'a [Named],
}

#[derive(Template)]
#[template(path = "operations/restore.sh")]
struct Restore<'a> {
    header: Header<'a>,
    deployment: &'a str,
    host: &'a HostName,
    state_root: &'a str,
    directories: &'a [Directory],
    pods: &'a [Pod],
    names: &'a [Named],
}

/// Both programs, if a service on the host writes data.
pub(super) fn artifacts(facts: &Facts<'_>, host: &HostName, spec: &Host) -> Vec<Artifact> {
    let directories = directories(facts, host, spec);
    if directories.is_empty() {
        return Vec::new();
    }
    let deployment = facts.deployment().name.as_str();
    let state_root = &super::state_root(deployment);
    let header = Header::of(facts.deployment());
    let (directories, pods, names) = (&directories, &pods(facts, host, spec), &names(facts, host, spec));
    let folder = facts.host_folder(host);
    let backup = Backup { header, deployment, host, state_root, directories, pods, names };
    let restore = Restore { header, deployment, host, state_root, directories, pods, names };
    vec![program(format!("{folder}backup.sh"), &backup), program(format!("{folder}restore.sh"), &restore)]
}

/// What the services of a host write to, in the order of the services.
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

/// What the services that write are called in their runtime.
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

/// What runs on Kubernetes of a host and writes data.
pub(crate) fn pods(facts: &Facts<'_>, host: &HostName, spec: &Host) -> Vec<Pod> {
    let pod = |(name, service): &(&ServiceName, &Service)| {
        let on_kubernetes = facts.runtime(service) == Runtime::Kubernetes;
        (on_kubernetes && written(service, spec).next().is_some()).then_some(())?;
        let namespace = facts.namespace(&service.zone)?;
        let scale_down = Script::new(&ScaleDown {
            namespace: namespace.clone(),
            deployment: service.workload(name),
            service: name,
        });
        let function = name.as_str().replace('-', "_");
        Some(Pod { name: ServiceName::clone(name), function, namespace, scale_down })
    };
    facts.on(host).iter().filter_map(pod).collect()
}

/// The directories that a service writes to, but for that of the models.
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

    use crate::testing::{checked, document, facts, small};

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

    #[test]
    fn a_pod_is_scaled_down_and_up_again() {
        let mut document = document();
        document["services"]["llm"]["volumes"]["/state"] = json!({"data": "state"});
        document["hosts"]["box"]["storage"]["directories"]["state"] = json!({"size": "1 GiB"});
        let checked = checked(document);
        let text = |option| {
            let (name, host) = checked.hosts.first().unwrap();
            super::artifacts(&facts(&checked, option), name, host).remove(0).file.contents
        };
        assert!(text("k3s").contains("declare -A namespace_of=([llm]=inference )"));
        assert!(
            text("k3s").contains("  k3s kubectl --namespace inference scale deployment llm --replicas=0\n")
        );
        assert!(!text("compose").contains("kubectl --namespace"));
    }

    #[test]
    fn a_host_without_data_has_neither() {
        let mut document = document();
        document["services"]["store"]["volumes"] = json!({});
        let checked = checked(document);
        let (name, host) = checked.hosts.first().unwrap();
        assert!(super::artifacts(&facts(&checked, "compose"), name, host).is_empty());
        let small = small();
        let (name, host) = small.hosts.first().unwrap();
        assert_eq!(super::artifacts(&facts(&small, "compose"), name, host).len(), 2);
    }
}
