//! A service of a Compose file.

use docker_compose_types as compose;
use omni_model::{
    Facts,
    deployment::{Health, Host, ImageSource, Restart, Service, State, Volume},
    names::{AbsPath, GpuName, ServiceName},
    resolve::{Party, Target},
    scenario::{Placed, Publication},
    units::{Bytes, Duration},
};

use crate::{
    container,
    provision::{Provider, Provision},
    secrets, state,
};

/// The profile of standbys, so that nothing starts them by accident.
pub(super) const STANDBY: &str = "standby";

/// How long a service that writes data has to save them before it is killed.
const GRACE: Duration = Duration::from_secs(60);

/// The service, with all settings that follow from its zone, its host and the flows.
pub(super) fn service<'a>(
    facts: &Facts<'a>,
    providers: &[Provider],
    placed: &Placed<'a>,
) -> compose::Service {
    let Placed { name, service: spec, .. } = *placed;
    let provision = Provision::of(providers, facts, name);
    let entrypoint = escaped(container::command(facts, name, spec));
    let args = escaped([container::args(facts, name, spec), provision.args.clone()].concat());
    let standby = matches!(spec.state, State::Standby(_));
    let writes = spec.volumes.values().any(|volume| matches!(volume, Volume::Data(_)));
    let sandboxed = facts.is_sandboxed(spec);
    let secrets: Vec<_> = secrets::files(facts, name).iter().map(ToString::to_string).collect();
    let mut service = compose::Service {
        container_name: Some(spec.container(name).to_owned()),
        image: Some(spec.image.reference.to_string()),
        pull_policy: (spec.image.source == ImageSource::Local).then_some(compose::PullPolicy::Never),
        runtime: sandboxed.then(|| "runsc".to_owned()),
        user: spec.user.map(|user| user.to_string()),
        entrypoint: (!entrypoint.is_empty()).then_some(compose::Entrypoint::List(entrypoint)),
        command: (!args.is_empty()).then_some(compose::Command::Args(args)),
        environment: environment(facts, name, spec),
        secrets: (!secrets.is_empty()).then_some(compose::Secrets::Simple(secrets)),
        volumes: volumes(facts, placed, &provision),
        read_only: spec.read_only,
        cap_drop: vec!["ALL".to_owned()],
        cap_add: container::capabilities(spec).into_iter().map(str::to_owned).collect(),
        security_opt: vec!["no-new-privileges:true".to_owned()],
        shm_size: spec.shm.map(size),
        restart: Some(restart(spec.restart).to_owned()),
        stop_grace_period: writes.then(|| format!("{}s", GRACE.secs())),
        healthcheck: healthcheck(facts, name, spec),
        logging: Some(logging()),
        profiles: if standby { vec![STANDBY.to_owned()] } else { Vec::new() },
        // Compose creates no container for a service with no replicas even if its profile is switched on.
        deploy: Some(compose::Deploy {
            replicas: standby.then_some(0),
            resources: Some(resources(placed)),
            ..Default::default()
        }),
        ..Default::default()
    };
    if let Some(digest) = provision.digest() {
        service.labels = compose::Labels::Map([("omni.config".to_owned(), digest)].into());
    }
    if spec.sees_host_processes() {
        service.pid = Some("host".to_owned());
    }
    if spec.host_network {
        service.network_mode = Some("host".to_owned());
    } else {
        service.ports = compose::Ports::Long(ports(facts, placed));
        service.networks = network(facts, placed);
    }
    service
}

/// Texts for Compose, which reads a single `$` as the start of a variable's name.
fn escaped(texts: Vec<String>) -> Vec<String> {
    texts.iter().map(|text| text.replace('$', "$$")).collect()
}

fn environment(facts: &Facts<'_>, name: &ServiceName, spec: &Service) -> compose::Environment {
    let own = container::env(facts, name, spec).into_iter();
    let own = own.map(|(variable, value)| (variable, value.replace('$', "$$")));
    let secret = spec.secrets.iter().map(|(variable, secret)| {
        let optional = facts.deployment().secrets.get(secret).is_some_and(|secret| secret.optional);
        let otherwise = if optional { ":-" } else { ":?is not set" };
        (variable.to_string(), format!("${{{secret}{otherwise}}}"))
    });
    let value = |(variable, value)| (variable, Some(compose::SingleValue::String(value)));
    compose::Environment::KvPair(own.chain(secret).map(value).collect())
}

fn volumes(facts: &Facts<'_>, placed: &Placed<'_>, provision: &Provision) -> Vec<compose::Volumes> {
    let Placed { name, service: spec, host, .. } = *placed;
    let storage = host.storage.as_ref();
    let own = spec.volumes.iter().filter_map(|(target, volume)| {
        let inside = |directory| Some(storage?.mount.join(directory).to_string());
        Some(match volume {
            Volume::Data(directory) => bind(inside(directory)?, target.to_string(), false),
            Volume::ReadOnly(directory) => bind(inside(directory)?, target.to_string(), true),
            Volume::Host(path) => host_path(path, target),
            Volume::Tmpfs(size) => in_memory(*size, target),
        })
    });
    let given = provision.mounts.iter().map(|mount| bind(mount.source.clone(), mount.target.clone(), true));
    let names = needs_names(facts, name, spec)
        .then(|| bind(resolv_conf(facts.deployment().name.as_str()), "/etc/resolv.conf".to_owned(), true));
    own.chain(given).chain(names).map(compose::Volumes::Advanced).collect()
}

/// An existing directory or file: Compose must not create a missing one as an empty directory.
fn bind(source: String, target: String, read_only: bool) -> compose::AdvancedVolumes {
    compose::AdvancedVolumes {
        _type: "bind".to_owned(),
        source: Some(source),
        target,
        read_only,
        bind: Some(compose::Bind { create_host_path: Some(false), ..Default::default() }),
        volume: None,
        tmpfs: None,
    }
}

/// A directory in memory: <https://docs.docker.com/reference/compose-file/services/#volumes>.
fn in_memory(size: Bytes, target: &AbsPath) -> compose::AdvancedVolumes {
    compose::AdvancedVolumes {
        _type: "tmpfs".to_owned(),
        source: None,
        target: target.to_string(),
        read_only: false,
        bind: None,
        volume: None,
        tmpfs: Some(compose::TmpfsSettings { size: size.get() }),
    }
}

/// A path of the host, including file systems that are mounted below it later.
fn host_path(path: &AbsPath, target: &AbsPath) -> compose::AdvancedVolumes {
    let mut volume = bind(path.to_string(), target.to_string(), true);
    if let Some(bind) = &mut volume.bind {
        bind.propagation = Some("rslave".to_owned());
    }
    volume
}

/// Whether a service needs name servers other than Docker's: gVisor's network does not reach the name server that Docker runs on the
/// loopback of each container, whatever `dns` says. Services reach each other by address, so only services that connect to others need to
/// resolve names.
/// <https://gvisor.dev/docs/user_guide/faq/#docker-bridge>
pub(super) fn needs_names(facts: &Facts<'_>, name: &ServiceName, spec: &Service) -> bool {
    let outside = |target| matches!(target, Target::Api(..) | Target::Internet);
    let leaves = || {
        let links = facts.links();
        links
            .iter()
            .any(|link| matches!(link.from, Party::Service(from, _) if from == name) && outside(link.to))
    };
    facts.is_sandboxed(spec) && !spec.host_network && leaves()
}

/// The file with the name servers of sandboxed containers. The step writes it.
pub(super) fn resolv_conf(deployment: &str) -> String {
    format!("{}/resolv.conf", state::root(deployment))
}

/// Without `memswap_limit`, Docker lets a container use as much swap as memory.
fn resources(placed: &Placed<'_>) -> compose::Resources {
    let Placed { service: spec, host, .. } = *placed;
    let limits = compose::Limits {
        memory: Some(size(spec.memory_limit)),
        cpus: spec.cpus.map(|cpus| cpus.to_string()),
        devices: None,
    };
    let device_ids: Vec<_> = spec.vram.keys().filter_map(|gpu| device_id(host, gpu)).collect();
    let reservations = (!device_ids.is_empty()).then(|| compose::Limits {
        devices: Some(vec![compose::Device {
            driver: Some("nvidia".to_owned()),
            device_ids: Some(device_ids),
            capabilities: Some(vec!["gpu".to_owned()]),
            ..Default::default()
        }]),
        ..Default::default()
    });
    compose::Resources { limits: Some(limits), reservations }
}

/// The identifier of a GPU for NVIDIA's runtime: its UUID, or its number on the bus.
fn device_id(host: &Host, gpu: &GpuName) -> Option<String> {
    let (index, _, spec) = host.gpus.get_full(gpu)?;
    Some(spec.uuid.as_ref().map_or(index.to_string(), ToString::to_string))
}

fn ports<'a>(facts: &Facts<'a>, placed: &Placed<'a>) -> Vec<compose::Port> {
    let port = |port: &Publication<'_>| compose::Port {
        target: port.target.get(),
        host_ip: Some(port.address.to_string()),
        published: Some(compose::PublishedPort::Single(port.published.get())),
        protocol: Some(port.protocol.to_string()),
        mode: None,
    };
    facts.published(placed).iter().map(port).collect()
}

fn network(facts: &Facts<'_>, placed: &Placed<'_>) -> compose::Networks {
    let settings = compose::AdvancedNetworkSettings {
        ipv4_address: placed.address.map(|address| address.to_string()),
        ..Default::default()
    };
    let bridge = facts.deployment().network.bridge.to_string();
    let networks = [(bridge, compose::MapOrEmpty::Map(settings))].into();
    compose::Networks::Advanced(compose::AdvancedNetworks(networks))
}

/// Only health commands: few images contain a client for the other kinds, which `health.sh` checks from the host.
fn healthcheck(facts: &Facts<'_>, name: &ServiceName, spec: &Service) -> Option<compose::Healthcheck> {
    let Some(Health::Command(command)) = &spec.health else { return None };
    let words = command.iter().map(|word| container::fill(facts, name, word)).collect();
    Some(compose::Healthcheck {
        test: Some(compose::HealthcheckTest::Multiple([vec!["CMD".to_owned()], escaped(words)].concat())),
        interval: Some("30s".to_owned()),
        timeout: Some("10s".to_owned()),
        retries: 3,
        start_period: spec.load_time.map(|time| format!("{}s", time.secs())),
        ..Default::default()
    })
}

fn restart(restart: Restart) -> &'static str {
    match restart {
        Restart::Always => "always",
        Restart::OnFailure => "on-failure",
        Restart::UnlessStopped => "unless-stopped",
        Restart::No => "no",
    }
}

/// By default, Docker keeps every line until the disk is full.
fn logging() -> compose::LoggingParameters {
    let option = |key: &str, value: &str| (key.to_owned(), compose::SingleValue::String(value.to_owned()));
    compose::LoggingParameters {
        driver: Some("json-file".to_owned()),
        options: Some([option("max-size", "10m"), option("max-file", "5")].into()),
    }
}

/// A size for Compose, whose `g` is 1024³ bytes.
/// <https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values>
pub(super) fn size(bytes: Bytes) -> String {
    let units = [("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10)];
    let exact = units.iter().find(|(_, unit)| bytes.get() >= *unit && bytes.get().is_multiple_of(*unit));
    exact.map_or(format!("{bytes}b", bytes = bytes.get()), |(name, unit)| {
        format!("{}{name}", bytes.get() / unit)
    })
}
