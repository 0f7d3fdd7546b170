//! How a folder differs from what is to stand in it.

use std::fmt;
use std::path::PathBuf;

use super::Edits;
use super::shown::Shown;

/// One file that is not as it is to be.
///
/// It is displayed on one line: `edited    common/deploy.sh (contents)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where, relative to OUT; with a final `/` for a folder, which only a stranger's is.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: Kind,
}

/// How a file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// It is as Omni wrote it, and would be written otherwise now.
    Outdated,
    /// It is as Omni wrote it, and is no longer emitted.
    Obsolete,
    /// It was changed since Omni wrote it.
    Edited {
        /// Whether its contents were.
        contents: bool,
        /// Whether its owner may execute it now, and could not as it was written, or the other way round.
        executable: Option<bool>,
    },
    /// Omni did not write it.
    Stranger,
}

impl Difference {
    /// Whether it forbids to write.
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
