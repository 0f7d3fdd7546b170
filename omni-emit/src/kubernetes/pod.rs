//! A service's pod.

use std::collections::BTreeMap;

use k8s_openapi::{api::core::v1 as core, apimachinery::pkg::api::resource::Quantity};
use omni_model::{
    Facts,
    deployment::{ImageSource, PodSecurity, PortMapping, Service, Volume},
    names::{AbsPath, EnvName, PortName, ServiceName},
    units::Bytes,
};

use super::{
    metrics,
    probe::{self, escape},
};
use crate::{cluster, container, k3s, quantity::quantity};

/// The Secret of a namespace.
pub(super) const SECRET: &str = "omni-secrets";

/// How long a service with memory components has to stop, in seconds: releasing the memory takes time.
const GRACE: i64 = 120;

/// The pod of a service, with all settings that follow from its zone, its host and its own keys.
pub(super) fn spec(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> core::PodSpec {
    let volumes = volumes(facts, service);
    let reads_cluster = metrics::reads_cluster(service);
    core::PodSpec {
        priority_class_name: cluster::keeps_a_model(service).then(|| cluster::priority_class(facts)),
        runtime_class_name: runtime_class(facts, service).map(str::to_owned),
        service_account_name: reads_cluster.then(|| name.to_string()),
        automount_service_account_token: Some(reads_cluster),
        enable_service_links: Some(false),
        host_network: service.host_network.then_some(true),
        host_pid: service.sees_host_processes().then_some(true),
        dns_policy: service.host_network.then(|| "ClusterFirstWithHostNet".to_owned()),
        restart_policy: Some("Always".to_owned()),
        termination_grace_period_seconds: (!service.memory.is_empty()).then_some(GRACE),
        security_context: Some(pod_security(facts, service)),
        containers: vec![container(facts, name, service, &volumes)],
        volumes: Some(volumes.into_iter().map(|(volume, _)| volume).collect::<Vec<_>>())
            .filter(|all| !all.is_empty()),
        ..core::PodSpec::default()
    }
}

fn runtime_class(facts: &Facts<'_>, service: &Service) -> Option<&'static str> {
    let nvidia = (!service.vram.is_empty()).then_some(k3s::NVIDIA);
    facts.is_sandboxed(service).then_some(k3s::GVISOR).or(nvidia)
}

fn pod_security(facts: &Facts<'_>, service: &Service) -> core::PodSecurityContext {
    let zone = facts.deployment().zones.get(&service.zone);
    let restricted = zone.is_some_and(|zone| zone.pod_security == PodSecurity::Restricted);
    let id = |id: u32| Some(i64::from(id));
    core::PodSecurityContext {
        run_as_non_root: (restricted || service.user.is_some_and(|user| user.uid != 0)).then_some(true),
        run_as_user: service.user.and_then(|user| id(user.uid)),
        run_as_group: service.user.and_then(|user| id(user.gid)),
        seccomp_profile: Some(core::SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            localhost_profile: None,
        }),
        ..core::PodSecurityContext::default()
    }
}

fn container(
    facts: &Facts<'_>,
    name: &ServiceName,
    service: &Service,
    volumes: &[(core::Volume, core::VolumeMount)],
) -> core::Container {
    let words = |words: Vec<String>| {
        let words: Vec<_> = words.iter().map(|word| escape(word)).collect();
        (!words.is_empty()).then_some(words)
    };
    let args = [container::args(facts, name, service), metrics::args(service)].concat();
    let capabilities: Vec<_> = container::capabilities(service).into_iter().map(str::to_owned).collect();
    let [startup_probe, readiness_probe, liveness_probe] = probe::probes(facts, name, service);
    let ports: Vec<_> = service.ports.iter().map(|port| container_port(service, port)).collect();
    let mounts: Vec<_> = volumes.iter().map(|(_, mount)| mount.clone()).collect();
    let env = env(facts, name, service);
    core::Container {
        name: service.container(name).to_owned(),
        image: Some(service.image.reference.to_string()),
        image_pull_policy: Some(pull_policy(service.image.source).to_owned()),
        command: words(container::command(facts, name, service)),
        args: words(args),
        env: (!env.is_empty()).then_some(env),
        ports: (!ports.is_empty()).then_some(ports),
        resources: Some(resources(facts, service)),
        security_context: Some(core::SecurityContext {
            privileged: Some(false),
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: service.read_only.then_some(true),
            capabilities: Some(core::Capabilities {
                add: (!capabilities.is_empty()).then_some(capabilities),
                drop: Some(vec!["ALL".to_owned()]),
            }),
            ..core::SecurityContext::default()
        }),
        startup_probe,
        readiness_probe,
        liveness_probe,
        volume_mounts: (!mounts.is_empty()).then_some(mounts),
        ..core::Container::default()
    }
}

/// containerd does not see Docker's images. Images that the operator has built are imported and cannot be pulled.
fn pull_policy(source: ImageSource) -> &'static str {
    match source {
        ImageSource::Registry => "IfNotPresent",
        ImageSource::Local => "Never",
    }
}

fn container_port(service: &Service, (name, mapping): (&PortName, &PortMapping)) -> core::ContainerPort {
    let number = i32::from(mapping.target.get());
    core::ContainerPort {
        name: Some(name.to_string()),
        container_port: number,
        host_port: service.host_network.then_some(number),
        protocol: Some(mapping.protocol.to_string().to_uppercase()),
        ..core::ContainerPort::default()
    }
}

fn env(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Vec<core::EnvVar> {
    let plain = container::env(facts, name, service).into_iter().map(|(key, value)| core::EnvVar {
        name: key,
        value: Some(escape(&value)),
        value_from: None,
    });
    let secret = |(variable, secret): (&EnvName, &EnvName)| {
        let optional = facts.deployment().secrets.get(secret).is_some_and(|secret| secret.optional);
        core::EnvVar {
            name: variable.to_string(),
            value: None,
            value_from: Some(core::EnvVarSource {
                secret_key_ref: Some(core::SecretKeySelector {
                    name: SECRET.to_owned(),
                    key: secret.to_string(),
                    optional: optional.then_some(true),
                }),
                ..core::EnvVarSource::default()
            }),
        }
    };
    plain.chain(service.secrets.iter().map(secret)).collect()
}

/// A service requests the memory that it keeps, and is killed above its limit. With a request below the limit it may swap:
/// <https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/>. A service without memory components
/// asks for all of its limit, which the reserve covers. Of processors it asks for none: without a word of it Kubernetes would take the
/// limit for what it asks for, keep them from everybody else, and let it win over the model, which has no limit. What keeps a model asks
/// for one, which every machine has: where processors are short, its share is many times that of who asks for none.
/// <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run>
fn resources(facts: &Facts<'_>, service: &Service) -> core::ResourceRequirements {
    let request =
        service.kept_in_memory().filter(|_| !service.memory.is_empty()).unwrap_or(service.memory_limit);
    let gpus = facts.host(service).map_or(0, |(_, host)| host.gpus.len());
    let mut limits = BTreeMap::from([("memory".to_owned(), quantity(service.memory_limit))]);
    limits.extend(service.cpus.map(|cpus| ("cpu".to_owned(), Quantity(cpus.to_string()))));
    if !service.vram.is_empty() {
        limits.insert("nvidia.com/gpu".to_owned(), Quantity(gpus.to_string()));
    }
    let mut requests = BTreeMap::from([("memory".to_owned(), quantity(request))]);
    let processors = cluster::keeps_a_model(service).then_some("1").or(service.cpus.map(|_| "0"));
    requests.extend(processors.map(|count| ("cpu".to_owned(), Quantity(count.to_owned()))));
    core::ResourceRequirements { requests: Some(requests), limits: Some(limits), claims: None }
}

/// The volumes of a service: directories of the host, directories in memory, and shared memory.
fn volumes(facts: &Facts<'_>, service: &Service) -> Vec<(core::Volume, core::VolumeMount)> {
    let storage = facts.host(service).and_then(|(_, host)| host.storage.as_ref());
    let inside = |directory| Some(storage?.mount.join(directory));
    let of_host = service.volumes.iter().enumerate().filter_map(|(i, (target, volume))| {
        let name = format!("volume-{i}");
        Some(match volume {
            Volume::Data(directory) => directory_of_host(name, inside(directory)?, target, false),
            Volume::ReadOnly(directory) => directory_of_host(name, inside(directory)?, target, true),
            Volume::Host(path) => path_of_host(name, path, target),
            Volume::Tmpfs(size) => in_memory(name, *size, target.as_str()),
        })
    });
    let shm = service.shm.map(|size| in_memory("shm".to_owned(), size, "/dev/shm"));
    of_host.chain(shm).collect()
}

/// A directory in memory.
fn in_memory(name: String, size: Bytes, target: &str) -> (core::Volume, core::VolumeMount) {
    let volume = core::Volume {
        name: name.clone(),
        empty_dir: Some(core::EmptyDirVolumeSource {
            medium: Some("Memory".to_owned()),
            size_limit: Some(quantity(size)),
        }),
        ..core::Volume::default()
    };
    (volume, mount(name, target))
}

/// An existing directory: if it is missing, the pod does not start with an empty one.
fn directory_of_host(
    name: String,
    path: AbsPath,
    target: &AbsPath,
    read_only: bool,
) -> (core::Volume, core::VolumeMount) {
    let volume = host_path(&name, &path, Some("Directory"));
    (volume, core::VolumeMount { read_only: read_only.then_some(true), ..mount(name, target.as_str()) })
}

/// A path of the host, including file systems that are mounted below it later.
fn path_of_host(name: String, path: &AbsPath, target: &AbsPath) -> (core::Volume, core::VolumeMount) {
    let volume = host_path(&name, path, None);
    let mount = core::VolumeMount {
        read_only: Some(true),
        mount_propagation: Some("HostToContainer".to_owned()),
        ..mount(name, target.as_str())
    };
    (volume, mount)
}

fn host_path(name: &str, path: &AbsPath, kind: Option<&str>) -> core::Volume {
    core::Volume {
        name: name.to_owned(),
        host_path: Some(core::HostPathVolumeSource {
            path: path.to_string(),
            type_: kind.map(str::to_owned),
        }),
        ..core::Volume::default()
    }
}

fn mount(name: String, path: &str) -> core::VolumeMount {
    core::VolumeMount { name, mount_path: path.to_owned(), ..core::VolumeMount::default() }
}
