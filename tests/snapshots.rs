//! The emitted files of the examples, one snapshot for each file, so that a changed number in a model shows as a readable diff.

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use omni::Checked;

use crate::examples::{ALL, repository};

/// The message that says how to update the snapshots.
const UPDATE: &str = "review with `cargo insta review`, or take everything: INSTA_UPDATE=always cargo test -p omni-tests snapshots";

#[test]
fn each_artifact_has_its_snapshot() {
    let root = repository().join("snapshots");
    let mut expected = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, example) in ALL {
        for (snapshot, contents) in snapshots(name, &example()) {
            if !matches(&root.join(&snapshot), &contents) {
                wrong.push(format!("{snapshot}: differs"));
            }
            expected.insert(root.join(format!("{snapshot}.snap")));
        }
    }
    for stale in files(&root).into_iter().filter(|file| !expected.contains(file) && is_snapshot(file)) {
        if updates() {
            fs::remove_file(stale).unwrap();
        } else {
            wrong.push(format!("{}: nothing emits it", stale.strip_prefix(&root).unwrap().display()));
        }
    }
    assert!(wrong.is_empty(), "{}\n\n{UPDATE}", wrong.join("\n"));
}

/// Returns the snapshots of an example, by name: the list of its files with their permissions, and the text of each file.
fn snapshots(example: &str, checked: &Checked) -> Vec<(String, String)> {
    let tree = omni::emit(checked).unwrap().tree;
    let list = tree.iter().map(|(path, file)| format!("{:04o} {path}\n", file.mode.bits())).collect();
    let texts = tree.iter().map(|(path, file)| (format!("{example}/{path}"), file.contents.clone()));
    [(example.to_owned(), list)].into_iter().chain(texts).collect()
}

/// Returns whether the snapshot has these contents. If not, insta prints the difference and handles it as `INSTA_UPDATE` says.
fn matches(snapshot: &Path, contents: &str) -> bool {
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(snapshot.parent().unwrap());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let name = snapshot.file_name().unwrap().to_str().unwrap();
    catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name, contents)))).is_ok()
}

fn updates() -> bool {
    std::env::var("INSTA_UPDATE").is_ok_and(|update| matches!(update.as_str(), "always" | "force"))
}

fn is_snapshot(file: &Path) -> bool {
    // Snapshots that `cargo insta review` has not decided on yet end in `.snap.new`.
    file.extension().is_some_and(|extension| extension == "snap")
}

/// Returns the files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
