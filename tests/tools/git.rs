//! The bundle in git, as a team has it: what git and a umask make of it is no edit.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{cargo, stage::is_root, tool};

/// Runs bash in a folder, with a configuration of git's of its own.
fn bash(folder: &Path, script: &str) -> String {
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", script]).current_dir(folder);
    for (key, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Omni"),
        ("GIT_AUTHOR_EMAIL", "omni@example.org"),
        ("GIT_COMMITTER_NAME", "Omni"),
        ("GIT_COMMITTER_EMAIL", "omni@example.org"),
    ] {
        bash.env(key, value);
    }
    tool::run(&mut bash).unwrap()
}

/// What `preflight.sh` of a bundle says of whether containers can read it: the result, and what it saw.
fn readable(bundle: &Path) -> (String, String) {
    let mut preflight = Command::new("bash");
    preflight.arg(bundle.join("compose/verify/preflight.sh")).arg("--json");
    // Nothing else is as v15 has it on this machine.
    let said = preflight.output().unwrap().stdout;
    let rows: Vec<Value> = serde_json::from_slice(&said).unwrap();
    let row = rows.iter().find(|row| row["check"] == "bundle-readable").unwrap();
    (row["result"].as_str().unwrap().to_owned(), row["seen"].as_str().unwrap().to_owned())
}

#[test]
fn a_clone_under_any_umask_is_as_it_was_emitted() {
    assert!(is_root(), "it looks through the eyes of other users: run this tier as root");
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("git");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    cargo(&["build", "--quiet", "--bin", "omni"]).unwrap();
    let omni = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../debug/omni").canonicalize().unwrap();
    let omni = omni.display();
    // It has secrets, and so files that name them.
    fs::write(folder.join("v15.yaml"), cargo(&["run", "--quiet", "--example", "v15", "convert"]).unwrap())
        .unwrap();
    fs::write(folder.join("new.yaml"), bash(&folder, "sed 's/^version: .*/version: new/' v15.yaml")).unwrap();
    let mut clones = Vec::new();
    for emitted in ["002", "022", "077"] {
        bash(
            &folder,
            &format!(
                "umask {emitted}; git init -q {emitted}; cd {emitted}; {omni} emit ../v15.yaml out; git add -A; git commit -qm one"
            ),
        );
        assert_eq!(readable(&folder.join(emitted).join("out")), ("PASS".to_owned(), String::new()));
        for cloned in ["002", "022", "027", "077"] {
            let clone = format!("{emitted}-{cloned}");
            bash(&folder, &format!("umask {cloned}; git clone -q {emitted} {clone}"));
            let said = bash(
                &folder,
                &format!(
                    "cd {clone}; umask {cloned}; {omni} emit ../v15.yaml out --check; {omni} emit ../v15.yaml out; git status --short"
                ),
            );
            assert_eq!(said, "`out` is up to date\n".repeat(2).trim_end(), "{clone}");
            let out = folder.join(&clone).join("out");
            if ["002", "022"].contains(&cloned) {
                assert_eq!(readable(&out).0, "PASS", "{clone}");
            } else {
                let (result, seen) = readable(&out);
                let file = out.join("compose/monitoring/prometheus.yml");
                let unread = format!("prometheus (user 65534:65534): {}; ", file.display());
                assert!(result == "FAIL" && seen.contains(&unread), "{clone}: {result}: {seen}");
                // What it says helps, and is no change for git.
                let (_, command) = seen.split_once("make the bundle readable for everybody: ").unwrap();
                assert_eq!(bash(&out, &format!("{command}; git status --short")), "");
                assert_eq!(readable(&out).0, "PASS", "{clone}");
            }
            // A change reaches the clone, and what is committed of it is that change.
            let said = bash(
                &folder,
                &format!(
                    "cd {clone}; umask {cloned}; {omni} emit ../new.yaml out >/dev/null; git diff --name-status; git diff --summary"
                ),
            );
            assert!(said.lines().all(|line| line.starts_with("M\tout/")), "{clone}: {said}");
            clones.push(folder.join(clone));
        }
    }
    // What was edited is still found.
    for clone in clones {
        let script = clone.join("out/compose/deploy.sh");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o644)).unwrap();
        let check = tool::run(
            Command::new("bash")
                .current_dir(&clone)
                .args(["-c", &format!("{omni} emit ../new.yaml out --check; [ $? = 3 ]")]),
        );
        assert_eq!(check.unwrap(), "edited    compose/deploy.sh (no longer executable)");
    }
}
