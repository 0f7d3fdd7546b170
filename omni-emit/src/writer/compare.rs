//! What a folder has against what is to stand in it.

use std::collections::BTreeSet;

use super::MANIFEST;
use super::difference::{Difference, Kind};
use super::inspect::Found;
use super::manifest::{Entry, Manifest};
use crate::artifact::RelPath;

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
