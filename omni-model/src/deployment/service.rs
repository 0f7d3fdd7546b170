//! A service: what runs, and what it needs.

use std::{fmt, str::FromStr};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Template, is_default};
use crate::{
    names::{
        AbsPath, Capability, ComponentName, ContainerName, DirectoryName, EnvName, ExporterName, GpuName,
        HostName, ImageRef, ModelName, OptionName, PortName, ServiceName, StackName, Text, UrlPath, User,
        WorkloadName, ZoneName,
    },
    path::ModelPath,
    scalar::{ScalarError, scalar, text_schema},
    units::{Bytes, Duration, PORT, Port, Protocol},
};

/// A service: a container on Docker Compose, or a pod on Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Name for people, for example `Open WebUI`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What the service does, in one sentence for people, for example `The chat, with its users and their documents`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Name of the container, on Docker Compose and in the pod, for example `ollama`. Default: the name of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_name: Option<ContainerName>,
    /// Name of the Deployment on Kubernetes, for example `inference-engine`. Default: the name of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_name: Option<WorkloadName>,
    /// Trust zone of the service, for example `inference`.
    pub zone: ZoneName,
    /// Host that runs the service, for example `box`. Required only if there are several hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostName>,
    /// Stack of the service, for example `inference`: its Compose file if it runs on Docker Compose.
    pub stack: StackName,
    /// Options in which the service exists, for example `[k3s]`. Default: all options.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionName>,
    /// Whether the service runs, or waits to replace other services.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub state: State,
    /// The container image.
    pub image: Image,
    /// User and group as `uid:gid`, for example `1000:1000`. Default: the image's own user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// Command that replaces the entry point of the image, for example `[python3, serve.py]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<Template>,
    /// Arguments for the entry point of the image, or for `command`, for example `["--port={http}"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Template>,
    /// Environment variables, for example `{ OLLAMA_BASE_URL: "http://{ollama.http}" }`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub env: IndexMap<EnvName, Template>,
    /// Environment variables whose values are secrets, as variable and secret, for example `{ GF_SECURITY_ADMIN_PASSWORD:
    /// GRAFANA_PASSWORD }`. Each secret must be declared in the `secrets` of the deployment.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<EnvName, EnvName>,
    /// Directories of the host that the container sees, by path in the container, for example `/root/.ollama`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub volumes: IndexMap<AbsPath, Volume>,
    /// Models that the service reads, for example `[glm-4.7]`. The service must mount the models' directory in `volumes`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelName>,
    /// Ports on which the service listens, by name, for example `{ http: 11434 }`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub ports: IndexMap<PortName, PortMapping>,
    /// Whether the service uses the network of the host instead of its own.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub host_network: bool,
    /// Whether the service sees the processes of the host (`pid: host` in Docker, `hostPID` in Kubernetes). Default: only if
    /// its exporter needs it, as node_exporter does to read the mounts of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_pid: Option<bool>,
    /// Memory that the service keeps permanently, by purpose, for example `{ weights: 40 GiB, kv_cache: 8 GiB }`. If empty,
    /// `memory_limit` counts against the host's `ram.reserve`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub memory: IndexMap<ComponentName, Bytes>,
    /// Hard memory limit, for example `64 GiB`: the kernel kills the service above it. Must cover `memory`, `shm` and `tmpfs`
    /// volumes (B003).
    pub memory_limit: Bytes,
    /// Size of `/dev/shm`, for example `8 GiB`. It counts as memory. Default: the default of the container runtime, 64 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shm: Option<Bytes>,
    /// Memory that the service takes on each GPU, for example `{ gpu0: 20 GiB }`. The service sees these GPUs and no others;
    /// a service that only watches a GPU takes `0 B`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub vram: IndexMap<GpuName, Bytes>,
    /// Number of processors that the service may use, for example `8`. Default: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u32>,
    /// NUMA nodes for threads and memory. Default: the kernel decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numa: Option<Numa>,
    /// Linux capabilities of the service, for example `[SYS_NICE]`. All others are dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Capability>,
    /// Whether the root file system of the container is read-only. If `true`, the service can write to its `data` and `tmpfs`
    /// volumes and to `/dev/shm` only.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub read_only: bool,
    /// When Docker restarts the container. On Kubernetes, the pods of a Deployment are always restarted.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub restart: Restart,
    /// Longest time from start until the service answers, for example `25min`. Scripts and alerts wait for that long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_time: Option<Duration>,
    /// How Kubernetes probes the service. The probes use the endpoint of `health`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub probes: Probes,
    /// How to find out whether the service works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Where Prometheus reads the metrics of the service. Default: it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
    /// How to test that the service generates text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference: Option<Inference>,
}

impl Service {
    /// The name of the container, on Docker Compose and in the pod. `name` is the name of the service.
    pub fn container<'a>(&'a self, name: &'a ServiceName) -> &'a str {
        self.container_name.as_ref().map_or(name.as_str(), ContainerName::as_str)
    }

    /// The name of the Deployment on Kubernetes. `name` is the name of the service.
    pub fn workload<'a>(&'a self, name: &'a ServiceName) -> &'a str {
        self.deployment_name.as_ref().map_or(name.as_str(), WorkloadName::as_str)
    }

    /// The value of a command line argument with one of these names, written as `--name VALUE` or `--name=VALUE`. If there are
    /// several, the last one counts, as it does for the programs.
    pub fn argument(&self, names: &[&str]) -> Option<String> {
        self.argument_at(&ModelPath::root(), names).map(|(_, value)| value)
    }

    /// The place and the value of an [`argument`](Self::argument). `path` is the service's own.
    pub(crate) fn argument_at(&self, path: &ModelPath, names: &[&str]) -> Option<(ModelPath, String)> {
        let words: Vec<_> = self.command_line(path).map(|(place, word)| (place, word.to_string())).collect();
        let value = |(i, (place, word)): (usize, &(ModelPath, String))| {
            if names.contains(&word.as_str()) {
                return words.get(i + 1).map(|(_, value)| (place.clone(), value.clone()));
            }
            let (name, value) = word.split_once('=')?;
            names.contains(&name).then(|| (place.clone(), value.to_owned()))
        };
        words.iter().enumerate().rev().find_map(value)
    }

    /// The file systems in memory, each with its path and its maximum size. Shared memory is not included.
    pub fn tmpfs(&self) -> impl Iterator<Item = (&AbsPath, Bytes)> {
        self.volumes.iter().filter_map(|(target, volume)| match volume {
            Volume::Tmpfs(size) => Some((target, *size)),
            Volume::Data(_) | Volume::ReadOnly(_) | Volume::Host(_) => None,
        })
    }

    /// What the memory limit must cover: memory components, shared memory and file systems in memory. `None` if the sum
    /// overflows.
    pub fn kept_in_memory(&self) -> Option<Bytes> {
        let files = self.shm.into_iter().chain(self.tmpfs().map(|(_, size)| size));
        Bytes::checked_sum(self.memory.values().copied().chain(files))
    }

    /// The part of `load_time` beyond `time`; `None` if there is none.
    pub fn loads_beyond(&self, time: Duration) -> Option<Duration> {
        let beyond = self.load_time?.secs().checked_sub(time.secs())?;
        (beyond > 0).then(|| Duration::from_secs(beyond))
    }
}

/// Whether a service runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The service runs.
    #[default]
    Active,
    /// The service does not run until it replaces other services.
    Standby(Standby),
}

/// A service that waits to replace others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Standby {
    /// Services that are stopped before this one starts, for example `[ollama]`.
    pub replaces: Vec<ServiceName>,
}

/// A container image and its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Reference of the image, for example `ollama/ollama:0.32.15`.
    pub reference: ImageRef,
    /// Where the image comes from.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub source: ImageSource,
}

/// Where an image comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImageSource {
    /// The image is pulled from its registry.
    #[default]
    Registry,
    /// The operator builds the image on the host.
    Local,
}

/// A directory of the host, or a file system in memory, that a container sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Volume {
    /// Directory of the host's storage, writable, for example `ollama`.
    Data(DirectoryName),
    /// Directory of the host's storage, read-only, for example `models`.
    ReadOnly(DirectoryName),
    /// Path of the host, read-only, for example `/sys`. Exporters need it.
    Host(AbsPath),
    /// File system in memory with at most this size, for example `64 MiB`. It counts towards `memory_limit`, and its files
    /// are lost when the container ends.
    Tmpfs(Bytes),
}

/// A port as `[published:]target[/protocol]`, as in Compose, for example `3001:8080`. `target` is the port in the container;
/// `published` is the port for clients outside the container's network. The protocol is `tcp` or `udp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("port mapping", &format!("({PORT}:)?{PORT}(/(tcp|udp))?")), extend("minimum" = std::num::NonZeroU16::MIN, "maximum" = std::num::NonZeroU16::MAX))]
pub struct PortMapping {
    /// The port for clients outside.
    pub published: Port,
    /// The port in the container.
    pub target: Port,
    /// The protocol.
    pub protocol: Protocol,
}

impl fmt::Display for PortMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.published != self.target {
            write!(f, "{}:", self.published)?;
        }
        self.target.fmt(f)?;
        if self.protocol == Protocol::default() { Ok(()) } else { write!(f, "/{}", self.protocol) }
    }
}

impl FromStr for PortMapping {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let (ports, protocol) = match text.split_once('/') {
            Some((ports, protocol)) => (ports, protocol.parse()?),
            None => (text, Protocol::default()),
        };
        let (published, target) = ports.split_once(':').unwrap_or((ports, ports));
        Ok(Self { published: published.parse()?, target: target.parse()?, protocol })
    }
}

/// NUMA nodes for the threads and the memory of a service. The service is started through `numactl`, which needs the
/// capability `SYS_NICE` in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Numa {
    /// Node whose processors run the service, for example `0`. Default: all nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpunodebind: Option<u32>,
    /// Nodes over which the memory is interleaved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interleave: Option<Interleave>,
    /// Only node that memory is allocated on, for example `0`. Default: all nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membind: Option<u32>,
}

/// Nodes over which memory is interleaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interleave {
    /// All nodes of the host.
    All,
}

/// When Docker restarts a container that has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Restart {
    /// Always.
    Always,
    /// If it failed.
    OnFailure,
    /// Unless somebody stopped it.
    #[default]
    UnlessStopped,
    /// Never.
    No,
}

/// How Kubernetes probes a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probes {
    /// Probe that runs until the service has started. The other probes wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub startup: Option<Probe>,
    /// Probe that decides whether the service receives requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Probe>,
    /// Probe that decides whether the service is restarted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liveness: Option<Probe>,
}

/// A Kubernetes probe. The defaults are those of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Delay before the first probe, for example `30s`: after the start of the container or, if there is a startup probe,
    /// after its success.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub initial_delay: Duration,
    /// Time between two probes, for example `30s`.
    #[serde(default = "Probe::default_period")]
    pub period: Duration,
    /// Time to wait for an answer, for example `5s`.
    #[serde(default = "Probe::default_timeout")]
    pub timeout: Duration,
    /// Number of failures in a row after which the probe counts as failed, for example `40`.
    #[serde(default = "Probe::default_failures")]
    pub failures: u32,
}

impl Probe {
    fn default_period() -> Duration {
        Duration::from_secs(10)
    }

    pub(crate) fn default_timeout() -> Duration {
        Duration::from_secs(1)
    }

    fn default_failures() -> u32 {
        3
    }

    /// How long a service may fail after its start: delay + period × failures.
    pub fn tolerance(&self) -> Duration {
        let tolerance = self.period.secs().saturating_mul(self.failures.into());
        Duration::from_secs(self.initial_delay.secs().saturating_add(tolerance))
    }
}

/// How to find out whether a service works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// The service answers an HTTP GET request with success.
    Http(HttpHealth),
    /// The service accepts connections on this port, for example `http`.
    Tcp(PortName),
    /// This command succeeds in the container, for example `[ollama, list]`.
    Command(Vec<Template>),
}

/// An HTTP endpoint that answers with success while its service works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpHealth {
    /// Port of the endpoint, for example `http`.
    pub port: PortName,
    /// Path of the endpoint, for example `/health`.
    pub path: UrlPath,
}

/// Where Prometheus reads the metrics of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Port of the metrics, for example `http`.
    pub port: PortName,
    /// Path of the metrics, for example `/-/metrics`.
    #[serde(default = "metrics_path")]
    pub path: UrlPath,
    /// Exporter that determines which metrics exist, for example `node`: one that Omni knows, or one of
    /// `monitoring.exporters`.
    pub exporter: ExporterName,
}

#[expect(clippy::expect_used, reason = "the path is known to be one; a test reads it")]
fn metrics_path() -> UrlPath {
    "/metrics".parse().expect("a path of a URL")
}

/// How to test that a service generates text, through the OpenAI-compatible API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inference {
    /// Port of the API, for example `http`.
    pub port: PortName,
    /// Name under which the service lists its model, for example `glm-4.7`.
    pub served_model: Text,
    /// Prompt of the test, for example `Say hello`.
    pub prompt: Text,
    /// Longest time for the answer, for example `2min`.
    pub within: Duration,
    /// Expected speed in tokens per second, for example `12`.
    pub tokens_per_second: u32,
}

scalar!(PortMapping);

impl Service {
    /// Every text of the service that may have names in braces, with its place. `path` is the service's own.
    pub fn templates(&self, path: &ModelPath) -> Vec<(ModelPath, &Template)> {
        let health: &[Template] = match &self.health {
            Some(Health::Command(command)) => command,
            _ => &[],
        };
        let env = self.env.iter().map(|(variable, value)| (path.key("env").key(variable), value));
        let health = items(path.key("health").key("command"), health);
        self.command_line(path).chain(health).chain(env).collect()
    }

    /// The words of the service's command line, each with its place. `path` is the service's own.
    pub(crate) fn command_line<'a>(
        &'a self,
        path: &ModelPath,
    ) -> impl Iterator<Item = (ModelPath, &'a Template)> + use<'a> {
        items(path.key("command"), &self.command).chain(items(path.key("args"), &self.args))
    }
}

fn items(path: ModelPath, templates: &[Template]) -> impl Iterator<Item = (ModelPath, &Template)> {
    templates.iter().enumerate().map(move |(i, template)| (path.index(i), template))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_read_as_compose_reads_it() {
        for text in ["8000", "8050:8000", "53/udp", "5353:53/udp"] {
            assert_eq!(text.parse::<PortMapping>().unwrap().to_string(), text);
        }
        assert_eq!("8000:8000/tcp".parse::<PortMapping>().unwrap().to_string(), "8000");
        for text in ["", "0", "80:", ":80", "80/sctp", "127.0.0.1:80:80", "80:80:80"] {
            assert!(text.parse::<PortMapping>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_tolerance_of_the_plan_is_twenty_five_minutes() {
        let probe = Probe {
            initial_delay: Duration::from_secs(300),
            period: Duration::from_secs(30),
            timeout: Duration::from_secs(10),
            failures: 40,
        };
        assert_eq!(probe.tolerance().to_string(), "25min");
        assert_eq!(metrics_path(), "/metrics");
    }
}
