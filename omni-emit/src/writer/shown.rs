//! Paths for people.

use std::{fmt, path::Path};

use omni_model::shown;

/// A path, safe to print.
pub(super) struct Shown<'a>(pub(super) &'a Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown::Shown(&self.0.to_string_lossy()).fmt(f)
    }
}
