//! How a folder differs from what it should contain.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use super::Edits;
use super::error::Shown;
use super::inspect::Found;
use super::manifest::{Entry, MANIFEST, Manifest};
use crate::artifact::RelPath;

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

/// The differences, sorted by path.
pub(super) fn differences(
    found: &Found,
    wanted: &Manifest,
    only: &dyn Fn(&RelPath) -> bool,
) -> Vec<Difference> {
    let paths: BTreeSet<_> =
        found.files.keys().chain(wanted.files.keys()).filter(|path| only(path)).collect();
    let files = paths.into_iter().filter_map(|path| {
        let is = found.files.get(path);
        let kind = kind(is, found.manifest.files.get(path), wanted.files.get(path))?;
        Some(Difference { path: path.as_str().into(), kind })
    });
    let strangers =
        found.strangers.iter().map(|path| Difference { path: path.clone(), kind: Kind::Stranger });
    let manifest = (found.manifest != *wanted).then(|| Difference {
        path: MANIFEST.into(),
        kind: if found.manifest == Manifest::default() { Kind::Missing } else { Kind::Outdated },
    });
    let mut differences: Vec<_> = files.chain(strangers).chain(manifest).collect();
    differences.sort_by(|a, b| a.path.cmp(&b.path));
    differences
}

fn kind(is: Option<&Entry>, was: Option<&Entry>, wanted: Option<&Entry>) -> Option<Kind> {
    match (is, was) {
        (None, None) if wanted.is_none() => None,
        (Some(is), _) if wanted.is_some_and(|wanted| is.is_as(wanted)) => None,
        (None, _) => Some(Kind::Missing),
        (Some(is), Some(was)) if !is.is_as(was) => Some(Kind::Edited {
            contents: is.sha256 != was.sha256,
            executable: (is.is_executable() != was.is_executable()).then(|| is.is_executable()),
        }),
        _ if wanted.is_none() => Some(Kind::Obsolete),
        _ => Some(Kind::Outdated),
    }
}
