//! What a deployment emits, in a folder, as `omni emit` puts it there.

use std::{io, path::Path};

use omni::Checked;
use omni_emit::{
    header::Header,
    writer::{self, Edits, Emission},
};

/// Emits a deployment into a folder, which may hold an earlier emission of it.
///
/// # Errors
///
/// If two files would stand at one path, or the folder cannot be written.
pub fn write(checked: &Checked, out: &Path) -> io::Result<()> {
    let emitted = omni::emit(checked).map_err(io::Error::other)?;
    let emission = Emission::new(Header::of(checked), &emitted.tree);
    writer::write(out, &emission, Edits::Refuse, &|_| {}).map(drop).map_err(io::Error::other)
}
