//! Writes the emitted files of a deployment to a folder, as `omni emit` does.

use std::{io, path::Path};

use omni::Checked;
use omni_emit::{
    header::Header,
    writer::{self, Edits, Emission},
};

/// Emits a deployment into a folder, which may contain an earlier emission of it.
///
/// # Errors
///
/// Returns an error if two files have the same path, or if the folder cannot be written.
pub fn write(checked: &Checked, out: &Path) -> io::Result<()> {
    let emitted = omni::emit(checked).map_err(io::Error::other)?;
    let emission = Emission::new(Header::of(checked), &emitted.tree);
    writer::write(out, &emission, Edits::Refuse, &|_| {}).map(drop).map_err(io::Error::other)
}
