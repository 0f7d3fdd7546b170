//! A stage: an emitted bundle, stand-ins for the programs of a machine, and a mount namespace in which its scripts run. As root.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use omni::{Checked, Deployment};

/// A folder of the test's own, with the bundle and the stand-ins in it.
pub(crate) struct Stage {
    /// The folder.
    pub(crate) root: PathBuf,
    /// What is deployed.
    pub(crate) deployment: Checked,
}

/// What a script said, and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) said: String,
}

impl Stage {
    /// Emits v15, with other texts in the place of some of its document.
    pub(crate) fn new(name: &str, instead: impl Fn(&Path) -> Vec<(&'static str, String)>) -> Self {
        Self::of(name, &crate::v15::v15(), instead)
    }

    /// The same with another deployment.
    pub(crate) fn of(
        name: &str,
        deployment: &Deployment,
        instead: impl Fn(&Path) -> Vec<(&'static str, String)>,
    ) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stage").join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        for folder in ["bin", "machine"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let mut document = serde_json::to_string(deployment).unwrap();
        for (from, to) in instead(&root) {
            assert!(document.contains(from), "{from}");
            document = document.replace(from, &to);
        }
        let deployment: Deployment = serde_json::from_str(&document).unwrap();
        let checked = omni::check(deployment, &Default::default()).unwrap();
        for (path, file) in omni::emit(&checked).unwrap().tree {
            write(&root.join("out").join(path.as_str()), &file.contents, file.mode.bits());
        }
        Self { root, deployment: checked }
    }

    /// A file of the machine's.
    pub(crate) fn file(&self, name: &str, text: &str) {
        write(&self.root.join("machine").join(name), text, 0o600);
    }

    /// A program in the place of the machine's.
    pub(crate) fn program(&self, name: &str, body: &str) {
        let script = format!("#!/bin/bash\nmachine={}/machine\n{body}\n", self.root.display());
        write(&self.root.join("bin").join(name), &script, 0o755);
    }

    /// Runs bash in a mount namespace whose state is empty, with the stand-ins first on its path.
    pub(crate) fn bash(&self, script: &str) -> Run {
        let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", self.root.join("bin").display());
        let prepared = format!("set -e; mount -t tmpfs tmpfs /var/lib\ncd {}\n{script}", self.root.display());
        let mut unshare = Command::new("unshare");
        unshare.args(["--mount", "--propagation", "private", "bash", "-c", &prepared]);
        let output = unshare.env_clear().env("PATH", path).env("LC_ALL", "C.UTF-8").output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        Run { status: output.status.code().unwrap_or(-1), said }
    }
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Whoever is not root cannot set the stage.
pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}
