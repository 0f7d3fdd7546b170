//! Steps: what a family does to a machine, with its checks and its undo.

use std::fmt;

use omni_model::names::HostName;

use crate::artifact::Artifact;
pub(crate) use crate::script::Script;

/// The name of a step, as `deploy.sh --from` takes it.
///
/// The family that makes the step declares it as a constant, and the steps that follow it name that constant: a misspelt
/// predecessor does not compile, and a step can only follow those of families below its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StepId(&'static str);

impl StepId {
    /// A name of lower-case words with `-` between them.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub(crate) fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A change to a machine. `deploy.sh`, `verify.sh`, `rollback.sh` and the runbook are four renderings of a list of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its name.
    pub(crate) id: StepId,
    /// The machine.
    pub(crate) host: HostName,
    /// What the step does, for people.
    pub(crate) title: String,
    /// What the step changes on the machine, for people.
    pub(crate) targets: String,
    /// The steps of the same host that must be done before this one. A step that this deployment does not have is ignored.
    pub(crate) follows: &'static [StepId],
    /// Whether the machine must be rebooted after the step.
    pub(crate) reboot: bool,
    /// Whether the undo could lose models or data. It deletes them only if it is told to (`$purge_data` is `yes`).
    pub(crate) touches_data: bool,
    /// The files.
    pub(crate) artifacts: Vec<Artifact>,
    /// Saves below `$state` how the machine was, once, before the step is applied for the first time.
    pub(crate) remember: Script,
    /// Applies the step. A second run changes nothing.
    pub(crate) apply: Script,
    /// Proves the step.
    pub(crate) verify: Vec<Check>,
    /// Undoes the step. It changes nothing if the step is undone already or was never applied.
    pub(crate) rollback: Script,
}

/// What a check is about: the part of its name that all checks of its kind share.
///
/// Whoever refers to a check names the constant of its kind, so that a misspelt name does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CheckKind(&'static str);

impl CheckKind {
    /// A name of lower-case words with `-` between them.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The check of this kind for one subject, such as a service: `numa-spread-llm`.
    pub(crate) fn of(self, subject: impl fmt::Display) -> CheckId {
        CheckId { kind: self, text: format!("{}-{subject}", self.0) }
    }

    /// The check of this kind that has a name of its own.
    pub(crate) fn named(self, name: impl Into<String>) -> CheckId {
        CheckId { kind: self, text: name.into() }
    }
}

/// The name of a check: its kind, and its subject where there are several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckId {
    kind: CheckKind,
    text: String,
}

impl CheckId {
    /// The kind.
    pub(crate) fn kind(&self) -> CheckKind {
        self.kind
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// The only check of its kind.
impl From<CheckKind> for CheckId {
    fn from(kind: CheckKind) -> Self {
        Self { kind, text: kind.0.to_owned() }
    }
}

/// A check that nobody refers to.
impl From<&'static str> for CheckId {
    fn from(name: &'static str) -> Self {
        CheckKind(name).into()
    }
}

impl fmt::Display for CheckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A proof: a script that passes by its success and fails by anything else, with what it saw on standard output. `skip REASON…`
/// ends it as skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// Its name.
    pub(crate) id: CheckId,
    /// What the check is about, for people: `Swap active`.
    pub(crate) title: String,
    /// What the check should see, for people.
    pub(crate) expected: String,
    /// The check that must pass first; otherwise this one is skipped, since it could not say anything.
    pub(crate) after: Option<CheckId>,
    /// The script.
    pub(crate) script: Script,
}

impl Check {
    /// A check that depends on no other.
    pub(crate) fn new(
        id: impl Into<CheckId>,
        title: impl Into<String>,
        expected: impl Into<String>,
        script: Script,
    ) -> Self {
        Self { id: id.into(), title: title.into(), expected: expected.into(), after: None, script }
    }

    /// The same check, skipped unless another one passes.
    pub(crate) fn after(mut self, other: impl Reference) -> Self {
        self.after = Some(other.id());
        self
    }
}

/// What refers to a check: its kind or its id, never a text, which could be misspelt.
pub(crate) trait Reference {
    /// The id of the check.
    fn id(self) -> CheckId;
}

impl Reference for CheckKind {
    fn id(self) -> CheckId {
        self.into()
    }
}

impl Reference for &CheckId {
    fn id(self) -> CheckId {
        self.clone()
    }
}
