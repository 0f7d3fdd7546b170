//! What a folder contains.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::MANIFEST;
use super::error::{WriteError, io};
use super::look;
use super::manifest::{Entry, Manifest};
use crate::artifact::RelPath;

/// What a folder contains. The default is a missing or empty folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) manifest: Manifest,
    /// The files of the manifest that exist.
    pub(super) files: BTreeMap<RelPath, Entry>,
    /// Everything else except the manifest, as sorted relative paths: files, links, and whole folders with a final `/`.
    pub(super) strangers: Vec<PathBuf>,
}

/// Reads OUT.
pub(super) fn inspect(out: &Path) -> Result<Found, WriteError> {
    if is_folder(out)? { known_by(Manifest::read(out)?, out) } else { Ok(Found::default()) }
}

/// Whether the folder exists. An error if something else has its name.
pub(super) fn is_folder(path: &Path) -> Result<bool, WriteError> {
    let what = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(io("read", path)(error)),
        Ok(metadata) => look::what_is(metadata.file_type()),
    };
    Err(WriteError::NotAFolder { path: path.into(), what })
}

/// Reads a folder with the files of this manifest.
pub(super) fn known_by(manifest: Manifest, folder: &Path) -> Result<Found, WriteError> {
    let mut files = BTreeMap::new();
    let mut strangers = Vec::new();
    let folders = manifest.folders();
    let mut todo = vec![PathBuf::new()];
    while let Some(inner) = todo.pop() {
        let at = folder.join(&inner);
        for entry in fs::read_dir(&at).map_err(io("read", &at))? {
            let entry = entry.map_err(io("read", &at))?;
            let kind = entry.file_type().map_err(io("read", &entry.path()))?;
            let path = inner.join(entry.file_name());
            match standing(&path, kind, &manifest, &folders) {
                Standing::Manifest => {}
                Standing::Folder => todo.push(path),
                Standing::File(path) => {
                    let (contents, mode) = look::read(&entry.path()).map_err(io("read", &entry.path()))?;
                    files.insert(path, Entry::new(&contents, mode));
                }
                Standing::Stranger => {
                    strangers.push(if kind.is_dir() { path.join("") } else { path });
                }
            }
        }
    }
    strangers.sort();
    Ok(Found { manifest, files, strangers })
}

/// The role of an entry of a folder.
enum Standing {
    Manifest,
    Folder,
    File(RelPath),
    Stranger,
}

/// Only folders and regular files can be Omni's. Links are not followed.
fn standing(path: &Path, kind: fs::FileType, manifest: &Manifest, folders: &BTreeSet<&str>) -> Standing {
    let Some(path) = path.to_str() else { return Standing::Stranger };
    if kind.is_dir() && folders.contains(path) {
        return Standing::Folder;
    }
    match manifest.files.get_key_value(path) {
        _ if !kind.is_file() => Standing::Stranger,
        _ if path == MANIFEST => Standing::Manifest,
        Some((path, _)) => Standing::File(path.clone()),
        None => Standing::Stranger,
    }
}
