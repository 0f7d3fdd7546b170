//! Why a folder is not written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use omni_model::shown;

use super::MANIFEST;
use super::difference::Difference;
use super::shown::Shown;

/// Why OUT cannot be read or is not written. Each message says what to do unless that is obvious.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// OUT is `.`, `/` or ends in `..`: it cannot be exchanged.
    #[error("`{}` does not end in a folder's name; emit into a folder below it, as in `out`", Shown(.0))]
    NoName(PathBuf),
    /// OUT or the staging folder is not a folder. Links are not followed.
    #[error("`{}` is {what}, not a folder; move it away, or choose another name", Shown(path))]
    NotAFolder {
        /// Where it stands.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The lock's path is not a regular file.
    #[error("`{}` is {what}, not a plain file, so nobody can wait for it; move it away", Shown(path))]
    NoLock {
        /// Where it stands.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// An artifact has the path of the manifest.
    #[error("an artifact is named `{MANIFEST}`, as omni's own manifest is")]
    Reserved,
    /// The manifest was changed, so no file in the folder is known to be Omni's.
    #[error(
        "`{}` is not as omni wrote it: {}; restore it, or move the folder away and emit again",
        Shown(path),
        shown::Shown(problem)
    )]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// How it differs.
        problem: String,
    },
    /// A part cannot be emitted into another deployment's folder.
    #[error(
        "`{}` holds `{}`; a part of `{}` cannot stand beside it: emit the whole, or choose another folder",
        Shown(out),
        shown::Shown(there),
        shown::Shown(here)
    )]
    OtherDeployment {
        /// The folder.
        out: PathBuf,
        /// The deployment in it.
        there: String,
        /// The one that is emitted.
        here: String,
    },
    /// OUT contains files that would be lost.
    #[error(
        "`{}` holds what omni did not write or what was edited since, so nothing is written:{}\n\
         move strangers away; change the model instead of edited files, or overwrite them with `--force`",
        Shown(out),
        List(differences)
    )]
    Refused {
        /// The folder.
        out: PathBuf,
        /// What it holds.
        differences: Vec<Difference>,
    },
    /// The staging folder of an interrupted run contains files that Omni did not write.
    #[error(
        "`{}` is left of an interrupted run and holds what omni did not write:{}\nmove it away",
        Shown(staging),
        List(strangers)
    )]
    Leftover {
        /// The staging folder.
        staging: PathBuf,
        /// What it holds.
        strangers: Vec<Difference>,
    },
    /// OUT was changed during the run.
    #[error("`{}` changed while its new tree was prepared, so nothing is written; emit again", Shown(.0))]
    Changed(PathBuf),
    /// The system cannot exchange two folders there.
    #[error(
        "cannot exchange `{}` for its new tree in one step: {source}; nothing is written: move it away and \
         emit again, or emit into another file system",
        Shown(out)
    )]
    Exchange {
        /// The folder.
        out: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// OUT is the new tree, but the old one could not be removed, or OUT could not be synced to the disk.
    #[error("`{}` is written, but the run could not finish: {source}", Shown(out))]
    Behind {
        /// The folder.
        out: PathBuf,
        /// Why.
        source: Box<WriteError>,
    },
    /// An operation of the file system failed.
    #[error("cannot {doing} `{}`: {source}", Shown(path))]
    Io {
        /// The operation, as in "cannot read".
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Makes an error from the operation and the file.
pub(super) fn io<E: Into<io::Error>>(doing: &'static str, path: &Path) -> impl FnOnce(E) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Io { doing, path, source: source.into() }
}

/// Each on a line of its own.
struct List<'a>(&'a [Difference]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
    }
}
