//! The plain data that anybody can write. Whether it can run, [`check`](crate::check()) says.
//!
//! The serde impls of these types are the only grammar of a document: unknown keys are refused, a scalar is read by its
//! type's `FromStr`, an enum is a bare name or a map with one key.

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
pub use network::{
    AuthoredPolicy, Cluster, DevicePlugin, Eviction, FileMode, K3sSha256, Network, SwapBehavior,
};
pub use operations::{
    Acceptance, Authorization, Correction, Deviation, Model, Operations, PostDeployment, Secret, Upgrades,
};
pub use service::{
    Health, HttpHealth, Image, ImageSource, Inference, Interleave, Metrics, Numa, PortMapping, Probe, Probes,
    Restart, Service, Standby, State, Volume,
};
pub use template::{Part, Template};
pub use zone::{DeploymentOption, PodSecurity, Sandbox, Stack, Zone};

/// A whole self-hosted deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Its name.
    pub name: DeploymentName,
    /// Its version.
    pub version: Text,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// What has to be said before it is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Authorization>,
    /// What this version mends, for the runbook.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// The machines.
    pub hosts: IndexMap<HostName, Host>,
    /// The trust zones.
    pub zones: IndexMap<ZoneName, Zone>,
    /// The Compose files.
    pub stacks: IndexMap<StackName, Stack>,
    /// The ways to run it; with none there is one, `compose`, where everything runs on Docker Compose.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub options: IndexMap<OptionName, DeploymentOption>,
    /// The model files to download.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub models: IndexMap<ModelName, Model>,
    /// What runs.
    pub services: IndexMap<ServiceName, Service>,
    /// The APIs that others run.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub apis: IndexMap<ApiName, Api>,
    /// What is not written down here: by the name of the variable that holds it.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<EnvName, Secret>,
    /// Who may talk to whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flows: Vec<Flow>,
    /// The network of the containers on Docker Compose.
    #[serde(default, skip_serializing_if = "is_default")]
    pub network: Network,
    /// NetworkPolicies that the author writes, beside those that the flows make.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub network_policies: IndexMap<PolicyName, AuthoredPolicy>,
    /// The Kubernetes of the options that use one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Cluster>,
    /// Metrics, alerts and dashboards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Monitoring>,
    /// What its author knows of hardware and kernels that Omni does not.
    #[serde(default, skip_serializing_if = "Knowledge::is_default")]
    pub knowledge: Knowledge,
    /// How it is looked after.
    #[serde(default, skip_serializing_if = "Operations::is_default")]
    pub operations: Operations,
    /// Warnings that the author knows and lives with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<Acceptance>,
    /// Where this differs from the plan because the plan's form cannot work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviation>,
    /// Where this differs from the plan because the plan's form is unsafe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hardenings: Vec<Deviation>,
}

/// An API that others run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Its name for people.
    pub title: Text,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The port that the plan keeps free for it, should it ever run at home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Port>,
    /// Its name, as `mail.example.org`, where somebody has to know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<MachineName>,
    /// Its address, where it has one that stays. It must have one if it is in the LAN: unless it is said, it is somewhere on the
    /// internet, and no private address is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Ipv4Addr>,
    /// Where it listens: HTTPS, unless something else is said.
    #[serde(default = "https", skip_serializing_if = "is_https")]
    pub port: Port,
}

fn https() -> Port {
    Port::HTTPS
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_https(port: &Port) -> bool {
    *port == https()
}

/// Whether a value is what it would be if nothing were said: it is not written down then.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
