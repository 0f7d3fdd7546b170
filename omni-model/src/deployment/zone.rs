//! Trust zones, stacks and options.

use std::fmt;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_default;
use crate::names::{LabelText, NamespaceName, StackName, Text, ZoneName};

/// A trust zone: services that are trusted alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Name for people, for example `Inference`.
    pub title: Text,
    /// What the zone is for, in one sentence for people, for example `What answers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Sandbox for the services of the zone, beside the container.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub sandbox: Sandbox,
    /// Namespace of the zone on Kubernetes, for example `agents`. Default: the name of the zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceName>,
    /// Labels of the zone's pods, for example `{ tier: agents }`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub labels: IndexMap<LabelText, LabelText>,
    /// Pod Security Standard that the namespace enforces.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub pod_security: PodSecurity,
}

/// A sandbox for services, beside the container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sandbox {
    /// No sandbox.
    #[default]
    None,
    /// gVisor: the service runs on a kernel of its own.
    Gvisor,
}

/// A level of the Pod Security Standards of Kubernetes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PodSecurity {
    /// Heavily restricted, following the current best practices for hardening pods.
    Restricted,
    /// Prevents known privilege escalations.
    #[default]
    Baseline,
    /// Unrestricted.
    Privileged,
}

/// The value of the namespace's label.
impl fmt::Display for PodSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PodSecurity {
    /// The name as in a document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Baseline => "baseline",
            Self::Privileged => "privileged",
        }
    }
}

/// A Compose file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// What the stack is, in one sentence for people, for example `Memory of the agents`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Stacks that are started together with this one, for example `[memory]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<StackName>,
}

/// An option in which the deployment can be run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeploymentOption {
    /// Name for people, for example `Agents on Kubernetes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What distinguishes the option, in one sentence for people, for example `Agents in a cluster, the rest on Compose`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Zones that run on Kubernetes, for example `[agents]`. All others run on Docker Compose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kubernetes: Vec<ZoneName>,
}
