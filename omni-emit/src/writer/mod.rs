//! The only module that uses the file system: writes a tree into a folder, or compares the two.
//!
//! The folder, OUT, is Omni's own. What stands in it is known from its [`MANIFEST`], which holds the hash and
//! the mode of each file as it was written. OUT may be missing (it is made, and the folders above it too), be empty, or be as
//! Omni left it.
//!
//! # What is refused
//!
//! What Omni did not write is a *stranger*: a file that the manifest does not know, a link, a folder without
//! a file of Omni's. What it wrote and somebody changed is *edited*. Of a file's mode only the owner's
//! executable bit counts: it is all that git keeps, and the umask decides the rest in each clone. Either is refused
//! with the list, and nothing is written. [`Edits::Overwrite`] overwrites edited files; a stranger is never
//! touched. A file that was deleted is restored. Without a manifest everything is a stranger, and a manifest
//! that is not as Omni writes it is an error.
//!
//! # How it is written
//!
//! The whole tree is staged in `.OUT.omni-staging` beside OUT, brought to the disk, and exchanged for OUT by
//! one call (`renameat2` with `RENAME_EXCHANGE`), so that at each moment, and after a kill or a power cut,
//! OUT is the old tree or the new one. If what stood in OUT has changed meanwhile, the two are exchanged
//! back. A file system that cannot exchange is an error, never a slow copy. What a killed run left behind is
//! removed by the next, file by file, as its manifest knows them. Runs wait for each other on
//! `.OUT.omni-lock`. A tree that differs in nothing is not written.
//!
//! OUT is thus another folder after each change: a process that works in it stays in the old one and has to
//! enter it again. OUT itself keeps its permissions; the folders in it get 0755, the files
//! exactly their mode.
//!
//! # A part of the tree
//!
//! [`Emission::only`] chooses paths. The others are carried over as they stand (edited, missing or no longer
//! emitted) and not reported; but a stranger is one wherever it is. Only a whole emission can change the
//! deployment in OUT.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::artifact::{ArtifactTree, RelPath};
use crate::header::Header;

mod compare;
mod difference;
mod disk;
mod error;
mod inspect;
mod look;
mod manifest;
mod shown;
#[cfg(test)]
mod tests;

pub use difference::{Difference, Kind};
pub use disk::Waiting;
pub use error::WriteError;

use compare::differences;
use disk::{Lock, NewFile};
use error::io;
use inspect::{Found, inspect, is_folder};
use manifest::{Entry, Manifest};

/// The name of the manifest, at the top of OUT.
pub const MANIFEST: &str = ".omni-manifest.json";

/// What OUT should contain.
#[derive(Clone, Copy)]
pub struct Emission<'a> {
    /// The deployment, for the manifest.
    pub header: Header<'a>,
    /// Every artifact, including those that [`Emission::only`] leaves out.
    pub tree: &'a ArtifactTree,
    /// The paths that this emission covers.
    pub only: &'a dyn Fn(&RelPath) -> bool,
}

/// What happens to files that were edited since Omni wrote them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edits {
    /// Nothing is written.
    Refuse,
    /// They are overwritten.
    Overwrite,
}

impl<'a> Emission<'a> {
    /// The whole tree.
    pub fn new(header: Header<'a>, tree: &'a ArtifactTree) -> Self {
        Self { header, tree, only: &|_| true }
    }

    /// The manifest of OUT after this emission.
    fn manifest(&self, found: &Found) -> Manifest {
        let emitted = self.tree.iter().filter(|(path, _)| (self.only)(path));
        let carried = found.manifest.files.iter().filter(|(path, _)| !(self.only)(path));
        let mut files: BTreeMap<_, _> = carried.map(|(path, entry)| (path.clone(), entry.clone())).collect();
        files.extend(emitted.map(|(path, file)| (path.clone(), Entry::of(file))));
        Manifest::new(self.header, files)
    }

    /// The files to stage: emitted, or carried over from `out`.
    fn files(&self, out: &Path, found: &Found) -> Result<Vec<NewFile<'a>>, WriteError> {
        let emitted = self.tree.iter().filter(|(path, _)| (self.only)(path));
        let mut files: Vec<_> = emitted
            .map(|(path, file)| NewFile {
                path: path.clone(),
                contents: file.contents.as_bytes().into(),
                mode: file.mode.bits(),
            })
            .collect();
        for path in found.files.keys().filter(|path| !(self.only)(path)) {
            let from = out.join(path.as_str());
            let (contents, mode) = look::read(&from).map_err(io("read", &from))?;
            files.push(NewFile { path: path.clone(), contents: contents.into(), mode });
        }
        Ok(files)
    }
}

/// How OUT differs from the emission, sorted by path: what [`write()`] would change, and what would prevent it.
///
/// It writes nothing and does not wait for a run that is writing, so it may see parts of both trees.
///
/// # Errors
///
/// If OUT is not a folder, cannot be read, or has a manifest that Omni did not write.
pub fn check(out: &Path, emission: &Emission<'_>) -> Result<Vec<Difference>, WriteError> {
    Place::new(out)?;
    compare(out, emission).map(|(_, _, differences)| differences)
}

/// Changes OUT to what the emission says, and returns what it changed, sorted by path. It calls `waits` before it waits for another run.
///
/// # Errors
///
/// If it refuses (see the module), or if a file cannot be read or written. OUT is then as it was, except
/// after [`WriteError::Behind`].
pub fn write(
    out: &Path,
    emission: &Emission<'_>,
    edits: Edits,
    waits: &dyn Fn(&Waiting<'_>),
) -> Result<Vec<Difference>, WriteError> {
    let place = Place::new(out)?;
    fs::create_dir_all(place.parent).map_err(io("create", place.parent))?;
    let _lock = Lock::take(&place.lock, waits)?;
    let (found, manifest, differences) = compare(out, emission)?;
    let (refused, differences): (Vec<_>, Vec<_>) = differences.into_iter().partition(|d| d.stops(edits));
    if !refused.is_empty() {
        return Err(WriteError::Refused { out: out.into(), differences: refused });
    }
    disk::remove(&place.staging)?;
    if differences.is_empty() {
        return Ok(differences);
    }
    let files = emission.files(out, &found)?;
    disk::stage(&place.staging, &manifest, &files).map_err(|error| place.clear(error))?;
    place.replace(&found)?;
    disk::sync(place.parent)
        .and_then(|()| disk::remove(&place.staging))
        .map_err(|source| WriteError::Behind { out: out.into(), source: Box::new(source) })?;
    Ok(differences)
}

/// What OUT contains, the manifest that it should have, and how they differ.
fn compare(out: &Path, emission: &Emission<'_>) -> Result<(Found, Manifest, Vec<Difference>), WriteError> {
    if emission.tree.get(MANIFEST).is_some() {
        return Err(WriteError::Reserved);
    }
    let found = inspect(out)?;
    let manifest = emission.manifest(&found);
    let carries = found.manifest.files.keys().any(|path| !(emission.only)(path));
    if carries && found.manifest.deployment != manifest.deployment {
        let [there, here] = [&found.manifest, &manifest].map(|manifest| manifest.deployment.clone());
        return Err(WriteError::OtherDeployment { out: out.into(), there, here });
    }
    let differences = differences(&found, &manifest, emission.only);
    Ok((found, manifest, differences))
}

/// OUT and the folders beside it during a run.
struct Place<'a> {
    out: &'a Path,
    parent: &'a Path,
    staging: PathBuf,
    lock: PathBuf,
}

impl<'a> Place<'a> {
    fn new(out: &'a Path) -> Result<Self, WriteError> {
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(WriteError::NoName(out.into()));
        };
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let beside = |suffix: &str| {
            let mut beside = std::ffi::OsString::from(".");
            beside.push(name);
            beside.push(suffix);
            parent.join(beside)
        };
        Ok(Self { out, parent, staging: beside(".omni-staging"), lock: beside(".omni-lock") })
    }

    /// Exchanges the staged tree and OUT, or moves the staged tree there if OUT does not exist.
    fn replace(&self, found: &Found) -> Result<(), WriteError> {
        if found.manifest == Manifest::default() {
            return self.take_over().map_err(|error| self.clear(error));
        }
        self.keep_permissions().and_then(|()| self.exchange()).map_err(|error| self.clear(error))?;
        if inspect(&self.staging).ok().as_ref() != Some(found) {
            self.exchange()?;
            return Err(self.clear(WriteError::Changed(self.out.into())));
        }
        Ok(())
    }

    /// Moves the staged tree to OUT, which is missing or empty. The call fails if it no longer is.
    fn take_over(&self) -> Result<(), WriteError> {
        if is_folder(self.out)? {
            self.keep_permissions()?;
        }
        fs::rename(&self.staging, self.out).map_err(io("create", self.out))
    }

    fn keep_permissions(&self) -> Result<(), WriteError> {
        let permissions = fs::metadata(self.out).map_err(io("read", self.out))?.permissions();
        fs::set_permissions(&self.staging, permissions).map_err(io("set the permissions of", &self.staging))
    }

    fn exchange(&self) -> Result<(), WriteError> {
        disk::exchange(&self.staging, self.out)
            .map_err(|source| WriteError::Exchange { out: self.out.into(), source })
    }

    /// Removes the staged tree after an error. If it cannot, the next run will: the error that matters is the
    /// first.
    fn clear(&self, error: WriteError) -> WriteError {
        let _ = disk::remove(&self.staging);
        error
    }
}
