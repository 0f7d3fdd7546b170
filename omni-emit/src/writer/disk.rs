//! The calls that change the file system.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;

use rustix::fs::{FlockOperation, Mode, OFlags};

use super::MANIFEST;
use super::difference::{Difference, Kind};
use super::error::{WriteError, io};
use super::inspect::{is_folder, known_by};
use super::look;
use super::manifest::Manifest;
use super::shown::Shown;
use crate::artifact::RelPath;

/// The permission bits of a folder.
const FOLDER: u32 = 0o755;

/// A file to be staged.
pub(super) struct NewFile<'a> {
    pub(super) path: RelPath,
    pub(super) contents: Cow<'a, [u8]>,
    /// The permission bits.
    pub(super) mode: u32,
}

/// Creates the staging folder and syncs it to the disk.
pub(super) fn stage(staging: &Path, manifest: &Manifest, files: &[NewFile<'_>]) -> Result<(), WriteError> {
    create_folder(staging)?;
    // First, so that the next run can remove the folder if this one is interrupted.
    let text = manifest.to_text();
    let mut written = vec![create(&staging.join(MANIFEST), text.as_bytes(), 0o644)?];
    let mut folders = BTreeSet::from([staging.to_owned()]);
    for NewFile { path, contents, mode } in files {
        let inner: Vec<_> = path.folders().map(|folder| staging.join(folder)).collect();
        for folder in inner.into_iter().rev() {
            if !folders.contains(&folder) {
                create_folder(&folder)?;
                folders.insert(folder);
            }
        }
        written.push(create(&staging.join(path.as_str()), contents, *mode)?);
    }
    // After all files are written: the first sync includes most of the others.
    written.iter().chain(&folders).try_for_each(|path| sync(path))
}

/// Creates a folder that others can read, whatever the umask is: containers read it as other users.
fn create_folder(path: &Path) -> Result<(), WriteError> {
    let made = || {
        fs::create_dir(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(FOLDER))
    };
    made().map_err(io("create", path))
}

/// Writes a file that does not exist yet.
fn create(path: &Path, contents: &[u8], mode: u32) -> Result<PathBuf, WriteError> {
    let written = || {
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(contents)?;
        // Whatever the umask is.
        file.set_permissions(fs::Permissions::from_mode(mode))
    };
    written().map_err(io("write", path))?;
    Ok(path.to_owned())
}

/// Waits until a file or a folder is on the disk.
pub(super) fn sync(path: &Path) -> Result<(), WriteError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(io("sync", path))
}

/// Exchanges two folders in one step.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

/// Exchanges two folders in one step.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(super) fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Removes a staging folder if there is one: the files that its manifest knows, and nothing else.
pub(super) fn remove(staging: &Path) -> Result<(), WriteError> {
    if !is_folder(staging)? {
        return Ok(());
    }
    // If the run was interrupted before its manifest was complete, there is nothing but the
    // manifest.
    let found = known_by(Manifest::read(staging).unwrap_or_default(), staging)?;
    if !found.strangers.is_empty() {
        let strangers = found.strangers.into_iter().map(|path| Difference { path, kind: Kind::Stranger });
        return Err(WriteError::Leftover { staging: staging.into(), strangers: strangers.collect() });
    }
    for path in found.files.keys().map(|path| staging.join(path.as_str())) {
        fs::remove_file(&path).map_err(io("remove", &path))?;
    }
    for folder in found.manifest.folders().iter().rev().map(|folder| staging.join(folder)) {
        unless_missing(fs::remove_dir(&folder)).map_err(io("remove", &folder))?;
    }
    let manifest = staging.join(MANIFEST);
    unless_missing(fs::remove_file(&manifest)).map_err(io("remove", &manifest))?;
    fs::remove_dir(staging).map_err(io("remove", staging))
}

fn unless_missing(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// The lock of the run that writes to an OUT. Its file exists only while somebody uses the lock.
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Waits for the lock, and first reports if somebody else has it.
    pub(super) fn take(path: &Path, waits: &dyn Fn(&Waiting<'_>)) -> Result<Self, WriteError> {
        let mut has_waited = false;
        loop {
            let file = open_lock(path)?;
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Err(error) if error == rustix::io::Errno::WOULDBLOCK => {
                    if !has_waited {
                        waits(&Waiting { lock: path, process: holder(&file) });
                        has_waited = true;
                    }
                    rustix::fs::flock(&file, FlockOperation::LockExclusive).map_err(io("lock", path))?;
                }
                locked => locked.map_err(io("lock", path))?,
            }
            // The previous owner may have removed the file after it was opened.
            let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
            let held = identity(file.metadata().map_err(io("read", path))?);
            if fs::symlink_metadata(path).is_ok_and(|there| identity(there) == held) {
                // Only for the message of others that wait. The lock works without it.
                let _ = file.set_len(0).and_then(|()| writeln!(&file, "{}", process::id()));
                return Ok(Self { path: path.to_owned(), _file: file });
            }
        }
    }
}

/// Opens the lock's file. Refuses anything but a regular file, such as a pipe.
fn open_lock(path: &Path) -> Result<File, WriteError> {
    let no_lock = |kind| WriteError::NoLock { path: path.to_owned(), what: look::what_is(kind) };
    let flags = OFlags::RDWR
        | OFlags::CREATE
        | OFlags::NOFOLLOW
        | OFlags::NONBLOCK
        | OFlags::NOCTTY
        | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::from_raw_mode(0o600)).map(File::from);
    let file = opened.map_err(|error| match fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => no_lock(there.file_type()),
        _ => io("lock", path)(error),
    })?;
    let kind = file.metadata().map_err(io("read", path))?.file_type();
    if kind.is_file() { Ok(file) } else { Err(no_lock(kind)) }
}

/// The process that has a lock: each run writes its process id to the file.
fn holder(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim_end().parse().ok()
}

/// A lock that somebody else has.
#[derive(Clone, Copy, Debug)]
pub struct Waiting<'a> {
    /// The lock's file.
    pub lock: &'a Path,
    /// The process that has it, if that is known.
    pub process: Option<u32>,
}

impl fmt::Display for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "waiting for `{}`, which ", Shown(self.lock))?;
        match self.process {
            Some(process) => write!(f, "process {process} holds"),
            None => f.write_str("another process holds"),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before it is unlocked. If it stays, the next run uses it.
        let _ = fs::remove_file(&self.path);
    }
}
