//! How a deployment is looked after: downloads, secrets, and what its author says of it.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_default;
use crate::{
    names::{
        DirectoryName, EnvName, FilePath, Glob, HostName, Repository, Revision, RuleName, Sha256, Text, Word,
    },
    path::ModelPath,
    units::{Bytes, Date, Duration},
};

/// A model whose files are downloaded from the Hugging Face Hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name for people.
    pub title: Text,
    /// The repository.
    pub repository: Repository,
    /// The revision; with none, whatever is the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// The files; with none, all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Glob>,
    /// The SHA-256s of files, by their paths in the repository. The hub shows them beside each file. A file that differs from its
    /// own ends the deployment.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub sha256: IndexMap<FilePath, Sha256>,
    /// The secret that holds a token of the hub, for a repository whose owner asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<EnvName>,
    /// The directory below the models' directory.
    pub directory: DirectoryName,
    /// How much room the files take, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Bytes>,
    /// Whether the deployment runs without it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
    /// The host that it is downloaded to; needless where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostName>,
}

/// What is not written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// What it is for.
    pub description: Text,
    /// Whether the deployment runs without it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
}

/// What has to be said before the deployment goes ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    /// The word.
    pub word: Word,
    /// How it stands.
    pub status: Text,
}

/// Something that this version mends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// What was wrong.
    pub issue: Text,
    /// What mends it.
    pub fix: Text,
    /// Where.
    pub phase: Text,
}

/// How a deployment is looked after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// How long no service may restart for the deployment to be called stable; with none, nobody watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart_watch: Option<Duration>,
    /// What happens to new releases of Docker, of the NVIDIA driver and of its container toolkit.
    #[serde(default, skip_serializing_if = "is_default")]
    pub upgrades: Upgrades,
    /// What remains to be done when all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_deployment: Option<PostDeployment>,
}

/// What happens to new releases of Docker, of the NVIDIA driver and of its container toolkit, where the system upgrades itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Upgrades {
    /// They are held back from unattended upgrades. Their security updates are the operator's: the runbook says how.
    #[default]
    Held,
    /// They are upgraded with everything else. A new Docker stops every container, and a new driver keeps containers with a GPU
    /// from starting until the host starts anew.
    Unattended,
}

impl Operations {
    pub(super) fn is_default(&self) -> bool {
        is_default(self)
    }
}

/// What remains to be done when all is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PostDeployment {
    /// Where.
    pub from: Text,
    /// What for.
    pub purpose: Text,
    /// The command. It stands in the runbook and is run by nobody else.
    pub command: Text,
}

/// A warning that the author knows and lives with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The rule that warns.
    pub rule: RuleName,
    /// Where it warns.
    pub at: ModelPath,
    /// Why that is fine.
    pub reason: Text,
    /// The last day on which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Where the deployment differs from its plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The place in the plan.
    pub at: Text,
    /// What the plan has.
    pub plan: Text,
    /// What is emitted instead.
    pub emits: Text,
    /// Why.
    pub reason: Text,
}
