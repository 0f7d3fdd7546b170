//! How a folder differs from what it should contain.

use std::fmt;
use std::path::PathBuf;

use super::Edits;
use super::shown::Shown;

/// A file that differs.
///
/// It is displayed on one line: `edited    common/deploy.sh (contents)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The path relative to OUT. A folder, which can only be a stranger, ends in `/`.
    pub path: PathBuf,
    /// How it differs.
    pub kind: Kind,
}

/// How a file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is missing.
    Missing,
    /// It is as Omni wrote it, but its contents would be different now.
    Outdated,
    /// It is as Omni wrote it, and is no longer emitted.
    Obsolete,
    /// It was changed since Omni wrote it.
    Edited {
        /// Whether its contents were changed.
        contents: bool,
        /// The new state of the owner's executable bit, if it was changed.
        executable: Option<bool>,
    },
    /// Omni did not write it.
    Stranger,
}

impl Difference {
    /// Whether it prevents writing.
    pub(super) fn stops(&self, edits: Edits) -> bool {
        match self.kind {
            Kind::Stranger => true,
            Kind::Edited { .. } => edits == Edits::Refuse,
            Kind::Missing | Kind::Outdated | Kind::Obsolete => false,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = Shown(&self.path);
        match &self.kind {
            Kind::Missing => write!(f, "missing   {path}"),
            Kind::Outdated => write!(f, "outdated  {path}"),
            Kind::Obsolete => write!(f, "obsolete  {path}"),
            Kind::Stranger => write!(f, "stranger  {path}"),
            Kind::Edited { contents, executable } => {
                let mode = executable.map(|is| if is { "made executable" } else { "no longer executable" });
                let what: Vec<_> = contents.then_some("contents").into_iter().chain(mode).collect();
                write!(f, "edited    {path} ({})", what.join(", "))
            }
        }
    }
}
