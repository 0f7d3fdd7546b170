//! A service: what runs, with what, and what it needs.

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

/// What runs: a container on Docker Compose, or a pod on Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The name of its container, on Docker Compose and in its pod. Default: the name of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container_name: Option<ContainerName>,
    /// The name of its Deployment on Kubernetes. Default: the name of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_name: Option<WorkloadName>,
    /// Its trust zone.
    pub zone: ZoneName,
    /// Its host; needless where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostName>,
    /// The Compose file that it stands in, where it runs on Docker Compose.
    pub stack: StackName,
    /// The options that it exists in; with none, all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionName>,
    /// Whether it runs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub state: State,
    /// Its image.
    pub image: Image,
    /// Who it runs as; with none, whom its image says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// What it runs instead of its image's entry point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<Template>,
    /// The arguments of its image's entry point, or of the command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Template>,
    /// Its environment.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub env: IndexMap<EnvName, Template>,
    /// Its environment from secrets: variable -> secret.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<EnvName, EnvName>,
    /// What it sees of the host's disk, by the path in the container.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub volumes: IndexMap<AbsPath, Volume>,
    /// The model files that it reads: they stand below its volume of the models' directory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelName>,
    /// Where it listens.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub ports: IndexMap<PortName, PortMapping>,
    /// Whether it uses the host's network instead of one of its own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub host_network: bool,
    /// Whether it sees the host's processes (Docker's `pid: host`, Kubernetes' `hostPID`). Unless it is said, only what its
    /// product needs: node_exporter reads the host's mounts from the host's first process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_pid: Option<bool>,
    /// What it keeps in memory, by what for. With none, it lives on the host's reserve.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub memory: IndexMap<ComponentName, Bytes>,
    /// What it is killed beyond. It covers the memory components and the shared memory.
    pub memory_limit: Bytes,
    /// Its `/dev/shm`, which is memory too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shm: Option<Bytes>,
    /// What it takes of each GPU's memory. It sees the GPUs that stand here and no others; one that only looks at them takes
    /// `0 B`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub vram: IndexMap<GpuName, Bytes>,
    /// How many processors it may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u32>,
    /// Where its threads run and its memory lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numa: Option<Numa>,
    /// Capabilities beyond none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Capability>,
    /// Whether its root filesystem is read-only: it writes to its `data` and `tmpfs` volumes and to `/dev/shm`, and nowhere else.
    /// Default: `false`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// What Docker does when it ends. A Deployment's pods are always restarted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub restart: Restart,
    /// How long it takes until it answers, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_time: Option<Duration>,
    /// How Kubernetes watches it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub probes: Probes,
    /// How anybody finds out whether it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// Where its metrics are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
    /// How its inference is tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference: Option<Inference>,
}

impl Service {
    /// The name of its container, on Docker Compose and in its pod; `name` is the service's own.
    pub fn container<'a>(&'a self, name: &'a ServiceName) -> &'a str {
        self.container_name.as_ref().map_or(name.as_str(), ContainerName::as_str)
    }

    /// The name of its Deployment on Kubernetes; `name` is the service's own.
    pub fn workload<'a>(&'a self, name: &'a ServiceName) -> &'a str {
        self.deployment_name.as_ref().map_or(name.as_str(), WorkloadName::as_str)
    }

    /// The value of an argument of its command line that has any of these names, as `--name VALUE` or `--name=VALUE`: the last one
    /// counts, as it does for the programs.
    pub fn argument(&self, names: &[&str]) -> Option<String> {
        let words: Vec<_> = self.command.iter().chain(&self.args).map(ToString::to_string).collect();
        let value = |(i, word): (usize, &String)| {
            if names.contains(&word.as_str()) {
                return words.get(i + 1).cloned();
            }
            let (name, value) = word.split_once('=')?;
            names.contains(&name).then(|| value.to_owned())
        };
        words.iter().enumerate().rev().find_map(value)
    }

    /// Where it keeps files in memory, and how much of them at most, beside its shared memory.
    pub fn tmpfs(&self) -> impl Iterator<Item = (&AbsPath, Bytes)> {
        self.volumes.iter().filter_map(|(target, volume)| match volume {
            Volume::Tmpfs(size) => Some((target, *size)),
            Volume::Data(_) | Volume::ReadOnly(_) | Volume::Host(_) => None,
        })
    }

    /// What its memory limit has to cover: its memory components, its shared memory and its files in memory. `None` if the sum is
    /// beyond what a number holds.
    pub fn kept_in_memory(&self) -> Option<Bytes> {
        let files = self.shm.into_iter().chain(self.tmpfs().map(|(_, size)| size));
        Bytes::checked_sum(self.memory.values().copied().chain(files))
    }

    /// How much longer than a time it may load; nothing if it does not.
    pub fn loads_beyond(&self, time: Duration) -> Option<Duration> {
        let beyond = self.load_time?.secs().checked_sub(time.secs())?;
        (beyond > 0).then(|| Duration::from_secs(beyond))
    }
}

/// Whether a service runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It runs.
    #[default]
    Active,
    /// It does not, until it replaces others.
    Standby(Standby),
}

/// A service that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Standby {
    /// The services that are stopped before it starts.
    pub replaces: Vec<ServiceName>,
}

/// A container image, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Its reference.
    pub reference: ImageRef,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "is_default")]
    pub source: ImageSource,
}

/// Where an image comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImageSource {
    /// It is pulled from its registry.
    #[default]
    Registry,
    /// The operator has built it on the host.
    Local,
}

/// A directory of the host in a container, or one that is kept in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Volume {
    /// A directory of the host's storage, to write to.
    Data(DirectoryName),
    /// A directory of the host's storage, to read.
    ReadOnly(DirectoryName),
    /// A path of the host itself, to read: what an exporter looks at.
    Host(AbsPath),
    /// Files in memory, up to this size, for example `64 MiB`. They count towards the service's `memory_limit`, and are gone when its
    /// container is.
    Tmpfs(Bytes),
}

/// A port in Compose's short form, `[PUBLISHED:]TARGET[/PROTOCOL]`: the port in the container, and the one that it is published
/// as where somebody outside its network needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(&format!("({PORT}:)?{PORT}(/(tcp|udp))?")), extend("minimum" = std::num::NonZeroU16::MIN, "maximum" = std::num::NonZeroU16::MAX))]
pub struct PortMapping {
    /// As others outside see it.
    pub published: Port,
    /// In the container.
    pub target: Port,
    /// Its protocol.
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

/// Where a service's threads run and its memory lies: it is started through `numactl`, which needs the capability `SYS_NICE`
/// in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Numa {
    /// The node whose processors it runs on; with none, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpunodebind: Option<u32>,
    /// The nodes that its memory is spread over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interleave: Option<Interleave>,
    /// The node that its memory comes from, and from no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membind: Option<u32>,
}

/// The nodes that memory is spread over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interleave {
    /// All of the host's.
    All,
}

/// What Docker does when a container ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Restart {
    /// Start it again.
    Always,
    /// Start it again if it failed.
    OnFailure,
    /// Start it again unless somebody stopped it.
    #[default]
    UnlessStopped,
    /// Nothing.
    No,
}

/// How Kubernetes watches a service, through its health endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probes {
    /// Until it has started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub startup: Option<Probe>,
    /// Whether it gets requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Probe>,
    /// Whether it is killed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liveness: Option<Probe>,
}

/// A probe of Kubernetes. What is not said is Kubernetes' own default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// How long after the start of the container it begins (after the startup probe's success, for the others).
    #[serde(default, skip_serializing_if = "is_default")]
    pub initial_delay: Duration,
    /// How often it asks.
    #[serde(default = "Probe::default_period")]
    pub period: Duration,
    /// How long it waits for the answer.
    #[serde(default = "Probe::default_timeout")]
    pub timeout: Duration,
    /// How many times in a row it may fail.
    #[serde(default = "Probe::default_failures")]
    pub failures: u32,
}

impl Probe {
    fn default_period() -> Duration {
        Duration::from_secs(10)
    }

    fn default_timeout() -> Duration {
        Duration::from_secs(1)
    }

    fn default_failures() -> u32 {
        3
    }

    /// How long a service may fail from its start: delay + period × failures.
    pub fn tolerance(&self) -> Duration {
        let tolerance = self.period.secs().saturating_mul(self.failures.into());
        Duration::from_secs(self.initial_delay.secs().saturating_add(tolerance))
    }
}

/// How anybody finds out whether a service works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It answers a GET with success.
    Http(HttpHealth),
    /// It accepts a connection.
    Tcp(PortName),
    /// A command in the container succeeds.
    Command(Vec<Template>),
}

/// An HTTP endpoint that answers with success while its service works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpHealth {
    /// The port.
    pub port: PortName,
    /// The path.
    pub path: UrlPath,
}

/// Where a service's metrics are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The port.
    pub port: PortName,
    /// The path.
    #[serde(default = "metrics_path")]
    pub path: UrlPath,
    /// What says which metrics there are.
    pub exporter: ExporterName,
}

#[expect(clippy::expect_used, reason = "the path is known to be one; a test reads it")]
fn metrics_path() -> UrlPath {
    "/metrics".parse().expect("a path of a URL")
}

/// How a service's inference is tried, through the API that OpenAI's clients speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inference {
    /// The port.
    pub port: PortName,
    /// The name under which the service lists its model.
    pub served_model: Text,
    /// What it is asked.
    pub prompt: Text,
    /// How long the answer may take.
    pub within: Duration,
    /// How many tokens a second it should give.
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
        items(path.key("command"), &self.command)
            .chain(items(path.key("args"), &self.args))
            .chain(items(path.key("health").key("command"), health))
            .chain(env)
            .collect()
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
