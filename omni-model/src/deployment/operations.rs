//! The operation of a deployment: downloads, secrets, and what its author accepts.

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
    /// Name for people, for example `GLM 4.7`.
    pub title: Text,
    /// Repository on the Hugging Face Hub, for example `unsloth/DeepSeek-R1-GGUF`.
    pub repository: Repository,
    /// Commit, tag or branch of the repository, for example `main`; only a commit never changes. Default: the newest
    /// revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// Patterns of the files to download, for example `["*DQ3_K_M*"]`. Default: every file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Glob>,
    /// SHA-256 checksums of files, by path in the repository, for example `{ model.gguf:
    /// 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 }`. The Hub shows the checksum beside each file. A
    /// file with another checksum stops the deployment.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub sha256: IndexMap<FilePath, Sha256>,
    /// Secret that holds a token of the Hub, for example `HF_TOKEN`, if the repository requires one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<EnvName>,
    /// Directory for the files below the models' directory, for example `glm-4.7`.
    pub directory: DirectoryName,
    /// Disk space that the files take, for example `281 GB`. If omitted, the disk cannot be budgeted for the model (B011).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Bytes>,
    /// Whether the deployment works without the model. If `true`, a failed download does not stop it.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub optional: bool,
    /// Host that the model is downloaded to, for example `box`. Required only if there are several hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostName>,
}

/// A secret value that is not written down in the deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// What the secret is for, for example `Password of the Grafana administrator`.
    pub description: Text,
    /// Whether the deployment works without the secret. If `true`, the secret may stay empty.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub optional: bool,
}

/// A word that must be given before the deployment goes ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorization {
    /// The word, for example `TITANIUM-PRIME-GO`.
    pub word: Word,
    /// Status of the authorization, for people, for example `pending`.
    pub status: Text,
}

/// How a deployment is operated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    /// Time without restarts after which the deployment counts as stable, for example `10min`. `verify.sh` watches for that
    /// long. Default: it does not watch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart_watch: Option<Duration>,
    /// What happens to new releases of Docker, the NVIDIA driver and the NVIDIA container toolkit.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub upgrades: Upgrades,
    /// A last step that is run by hand once everything works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_deployment: Option<PostDeployment>,
}

/// What happens to new releases of Docker, the NVIDIA driver and the NVIDIA container toolkit if the system upgrades itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Upgrades {
    /// They are held back from unattended upgrades. The operator installs their security updates by hand; the runbook says
    /// how.
    #[default]
    Held,
    /// They are upgraded with everything else. An upgrade of Docker stops every container. After an upgrade of the driver,
    /// containers with a GPU cannot start until the host reboots.
    Unattended,
}

impl Operations {
    pub(super) fn is_default(&self) -> bool {
        is_default(self)
    }
}

/// A last step that is run by hand once everything works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PostDeployment {
    /// Where to run the command, for example `the operator's laptop`.
    pub from: Text,
    /// What the command is for, for example `Connect the editor`.
    pub purpose: Text,
    /// The command, for example `ssh box`. It is shown in the runbook only; no script runs it.
    pub command: Text,
}

/// A warning that is known and accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// ID or name of the rule that warns, for example `B011` or `model-of-unknown-size`.
    pub rule: RuleName,
    /// Path at which the rule warns, for example `models.glm-4.7`: the path after `-->` in the output of `check`.
    pub at: ModelPath,
    /// Why the warning is acceptable, for example `The size is not published yet`.
    pub reason: Text,
    /// Last day on which the warning is accepted, for example `2027-01-31`. Default: no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A section of the author's own in the runbook: paragraphs, a table, or both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Heading of the section, for example `Decisions`.
    pub heading: Text,
    /// Paragraphs under the heading, for example `[Why this machine is set up as it is.]`. Text in backticks is shown as code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<Text>,
    /// Column headings of the table under the paragraphs, for example `[What, Why]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Text>,
    /// Rows of the table, from left to right, for example `[[No IPv6, The provider has none]]`. Cells that a row lacks stay
    /// empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Vec<Text>>,
}
