//! The calls that look at a file.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// The contents and the permission bits of a regular file.
pub(super) fn read(path: &Path) -> io::Result<(Vec<u8>, u32)> {
    // Do not follow a link or wait for a pipe that has just replaced the file.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let mut contents = Vec::new();
    file.read_to_end(&mut contents)?;
    Ok((contents, file.metadata()?.mode() & 0o7777))
}

/// The kind of a file, for messages.
pub(super) fn what_is(kind: fs::FileType) -> &'static str {
    match kind {
        _ if kind.is_dir() => "a folder",
        _ if kind.is_symlink() => "a symbolic link",
        _ if kind.is_fifo() => "a named pipe",
        _ if kind.is_socket() => "a socket",
        _ if kind.is_block_device() || kind.is_char_device() => "a device",
        _ => "a file",
    }
}
