//! The writer's manifest of a tree.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Judged;
use crate::tool::{command, feed};
use crate::tree::{File, paths};

const NAME: &str = ".omni-manifest.json";

pub(crate) fn is_manifest(file: &File) -> bool {
    file.path == NAME
}

/// Names every file of the tree, each with the hash that another program finds.
pub(crate) fn manifest(file: &File) -> Judged {
    #[derive(Deserialize)]
    struct Manifest {
        files: BTreeMap<String, Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        sha256: String,
    }
    let Manifest { files } = serde_json::from_str(&file.text).map_err(|error| error.to_string())?;
    let mut there = paths(&file.root, "")?;
    there.retain(|path| path != NAME);
    if let Some(stranger) = there.iter().find(|path| !files.contains_key(*path)) {
        return Err(format!("it does not name `{stranger}`"));
    }
    let sums: String = files.iter().map(|(path, entry)| format!("{}  {path}\n", entry.sha256)).collect();
    let mut check = command("sha256sum");
    check.args(["--check", "--strict", "--quiet"]).current_dir(&file.root);
    feed(&mut check, &sums).map(|_| ())
}
