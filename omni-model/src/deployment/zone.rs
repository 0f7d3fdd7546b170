//! Trust zones, Compose files and the ways to run a deployment.

use std::fmt;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_default;
use crate::names::{LabelText, NamespaceName, StackName, Text, ZoneName};

/// Services that are trusted alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its name for people: `Zone A`.
    pub title: Text,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// What its services are locked into.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sandbox: Sandbox,
    /// Its namespace, where it runs on Kubernetes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceName>,
    /// Labels of its pods.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub labels: IndexMap<LabelText, LabelText>,
    /// The level of Pod Security that its namespace enforces.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pod_security: PodSecurity,
}

/// What services are locked into, beside a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sandbox {
    /// Nothing.
    #[default]
    None,
    /// gVisor's own kernel.
    Gvisor,
}

/// A level of the Pod Security Standards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PodSecurity {
    /// Heavily restricted.
    Restricted,
    /// No known privilege escalations.
    #[default]
    Baseline,
    /// Unrestricted.
    Privileged,
}

/// As a namespace's label has it.
impl fmt::Display for PodSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PodSecurity {
    /// Its name.
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
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The Compose files that start with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<StackName>,
}

/// A way to run the deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeploymentOption {
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The zones that run on Kubernetes; the others run on Docker Compose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kubernetes: Vec<ZoneName>,
}
