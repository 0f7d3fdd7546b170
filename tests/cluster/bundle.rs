//! An emitted bundle on the disk, and its scripts.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use omni::Checked;

use crate::node::Node;

/// What option `k3s` of a deployment emits.
pub(crate) struct Bundle {
    root: PathBuf,
}

/// What a script said, and how it ended.
pub(crate) struct Said {
    /// What is for programs.
    pub(crate) out: String,
    /// Both streams.
    pub(crate) text: String,
    pub(crate) code: Option<i32>,
}

impl Bundle {
    pub(crate) fn write(checked: &Checked, root: &Path) -> Self {
        omni_testbed::write(checked, root).unwrap();
        Self { root: root.to_owned() }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// The manifests, in the order in which `deploy.sh` applies them.
    pub(crate) fn manifests(&self) -> Vec<PathBuf> {
        let deploy = self.read("k3s/deploy.sh");
        let apply = "k3s kubectl apply -f \"$bundle\"/";
        let files = deploy.lines().filter_map(|line| line.trim().strip_prefix(apply));
        files.map(|file| self.path("k3s").join(file)).collect()
    }

    /// Runs a script as an operator does.
    pub(crate) fn run(&self, node: &Node, script: &str, arguments: &[&str]) -> Said {
        said(node.command("bash").arg(self.path(script)).args(arguments))
    }
}

/// What a command says.
pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    Said { text: format!("{out}{err}"), out, code: output.status.code() }
}

impl Said {
    /// What it said, if it ended well.
    pub(crate) fn ok(self) -> Result<String, String> {
        self.ended(0)
    }

    /// What it said, if it ended so.
    pub(crate) fn ended(self, code: i32) -> Result<String, String> {
        if self.code == Some(code) { Ok(self.text) } else { Err(format!("{:?}: {}", self.code, self.text)) }
    }
}
