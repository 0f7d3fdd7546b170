//! The data of a deployment, which anybody can construct. [`check`](crate::check()) decides whether it is valid.
//!
//! The serde impls of these types are the only grammar of a document: unknown keys are refused, a scalar is read by the
//! `FromStr` of its type, and an enum is a bare name or a map with one key.
//!
//! The doc comments of the fields are the reference of the keys: [`schema`](crate::schema) puts them, with defaults, examples and
//! rules, into `docs/reference.md`, the JSON Schema and `omni explain`. A comment names the meaning first, then an example as "for
//! example" and a code span, then a default that is not a value.

pub mod condition;
mod docker;
mod flow;
mod host;
mod knowledge;
mod monitoring;
mod network;
mod operations;
mod product;
mod service;
mod template;
mod zone;

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    names::{
        ApiName, DeploymentName, EnvName, HostName, MachineName, ModelName, OptionName, PolicyName,
        ServiceName, StackName, Text, ZoneName,
    },
    units::Port,
};

pub use condition::Condition;
pub use docker::DockerRelease;
pub use flow::{Flow, Peer, PortOf, Reference};
pub use host::{
    Backup, Directory, Disk, Gpu, Host, Ipv6, Kernel, Lan, Opening, OpeningTarget, Ram, Root, Source,
    Storage, Swap,
};
pub use knowledge::{Knowledge, OwnGpu, OwnParameter};
pub use monitoring::{
    Action, Alert, AlertCase, Dashboard, Exporter, Level, Monitoring, Receiver, ReceiverKind,
};
pub(crate) use network::INODES_FREE;
pub use network::{
    AuthoredPolicy, Cluster, DevicePlugin, Eviction, FileMode, K3sSha256, Network, SwapBehavior,
};
pub use operations::{Acceptance, Authorization, Model, Note, Operations, PostDeployment, Secret, Upgrades};
pub use service::{
    Health, HttpHealth, Image, ImageSource, Inference, Interleave, Metrics, Numa, PortMapping, Probe, Probes,
    Restart, Service, Standby, State, Volume,
};
pub use template::{Part, Template};
pub use zone::{DeploymentOption, PodSecurity, Sandbox, Stack, Zone};

/// A whole self-hosted deployment: hardware, services, who may talk to whom, and how it is run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Name of the deployment, for example `homelab`. Scripts use it in the names of folders and systemd units on a host.
    pub name: DeploymentName,
    /// Version of this document, for example `1.0`. It is shown in the runbook and at the top of emitted files.
    pub version: Text,
    /// What the deployment is for, in one sentence for people, for example `A box in the living room that runs open models`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// A word that the operator must give to `deploy.sh` before it changes anything. Default: no word is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Authorization>,
    /// The machines, by name, for example `box`.
    pub hosts: IndexMap<HostName, Host>,
    /// The trust zones, by name, for example `inference`. Services in the same zone are trusted alike.
    pub zones: IndexMap<ZoneName, Zone>,
    /// The Compose files, by name, for example `inference`: each stack becomes `NAME-stack.yaml`.
    pub stacks: IndexMap<StackName, Stack>,
    /// The options in which the deployment can be run, by name, for example `k3s`. Each is emitted to a folder of its own. Default: a single
    /// option `compose`, in which every service runs on Docker Compose.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub options: IndexMap<OptionName, DeploymentOption>,
    /// The models to download, by name, for example `glm-4.7`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub models: IndexMap<ModelName, Model>,
    /// The services, by name, for example `ollama`. A service is a container on Docker Compose or a pod on Kubernetes.
    pub services: IndexMap<ServiceName, Service>,
    /// APIs that somebody else runs, by name, for example `openrouter`. Flows can lead to them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub apis: IndexMap<ApiName, Api>,
    /// Values that must not be written down here, such as passwords, by the name of the variable that holds each, for example
    /// `HF_TOKEN`. The operator fills them in on the host.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<EnvName, Secret>,
    /// Who may talk to whom, for example `[lan -> webui.http, webui -> ollama.http]`. Everything else is blocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flows: Vec<Flow>,
    /// The network that the containers on Docker Compose share.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "never")]
    pub network: Network,
    /// NetworkPolicies of your own, by name, for example `agent-egress`. They are emitted beside those that follow from the
    /// flows.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub network_policies: IndexMap<PolicyName, AuthoredPolicy>,
    /// The Kubernetes cluster. Required if an option runs a zone on Kubernetes (W001).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
    /// Prometheus, its alerts and dashboards. Default: nothing is monitored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Monitoring>,
    /// Facts about hardware and kernels that Omni does not know.
    #[serde(default, skip_serializing_if = "Knowledge::is_default")]
    pub knowledge: Knowledge,
    /// How the deployment is operated after it has been deployed.
    #[serde(default, skip_serializing_if = "Operations::is_default")]
    pub operations: Operations,
    /// Warnings that you know and accept, each with a reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<Acceptance>,
    /// Sections of the author's own for the runbook, such as decisions and their reasons, in their order. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// An API that somebody else runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Name for people, for example `OpenRouter`.
    pub title: Text,
    /// What the API is for, in one sentence for people, for example `Models that the box cannot run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Port on the hosts that stays reserved for this API, for example `8070`, in case it ever runs locally.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Port>,
    /// Host name of the API, for example `mail.example.org`. Needed where a configuration must name it, for example that of a
    /// mail receiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<MachineName>,
    /// IPv4 address of the API, for example `192.168.1.20`. Required for an API in the LAN. Default: the API is somewhere on
    /// the internet, at no private address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Ipv4Addr>,
    /// TCP port of the API, for example `8443`.
    #[serde(default = "https", skip_serializing_if = "is_https")]
    #[schemars(skip_serializing_if = "never")]
    pub port: Port,
}

fn https() -> Port {
    Port::HTTPS
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_https(port: &Port) -> bool {
    *port == https()
}

/// For the schema, which shows a default even if it is omitted when a deployment is written.
pub(crate) const fn never<T>(_: &T) -> bool {
    false
}

/// Whether a value is the default of its type, and so is omitted when a deployment is written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
