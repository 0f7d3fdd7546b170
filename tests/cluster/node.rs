//! The node: its start, and the commands on it.

use std::{
    env, fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use omni::{
    Checked,
    model::{scenario::Runtime, units::Duration},
};
use omni_testbed::StandIns;

use crate::{GROUP, bundle::Bundle, here};

/// How long a model loads, in seconds: long enough for its start-up probe to see it.
const LOADING: u64 = 30;

/// A node of Kubernetes in the namespaces of this process.
pub(crate) struct Node {
    folder: PathBuf,
    /// `kubectl` of the release that runs.
    kubectl: PathBuf,
    /// What the stand-in for k3s says to be.
    release: String,
    /// The programs that `deploy.sh` finds before the machine's own.
    path: String,
}

impl Node {
    /// Starts it as a deployment wants it: its address, its networks, its kubelet, and the images that are no operator's to build.
    pub(crate) fn start(checked: &Checked, folder: &Path, programs: &Path) -> io::Result<Self> {
        let bundle = Bundle::write(checked, &folder.join("out"));
        let cluster = checked.cluster.as_ref().expect("a cluster");
        let host = &checked.hosts[&cluster.host];
        make_images(checked, folder)?;
        let mut node = Command::new(here().join("node"))
            .args([folder, programs])
            .args([host.address.to_string(), host.lan.interface.to_string()])
            .args([cluster.pod_cidr.to_string(), cluster.service_cidr.to_string()])
            .arg(bundle.path("k3s/k3s/kubelet.yaml"))
            .args([host.gpus.len().to_string().as_str(), GROUP])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(node.stdout.take().expect("its stdout")).read_line(&mut line)?;
        let path = format!("{}:{}", here().join("stand-ins").display(), env::var("PATH").unwrap_or_default());
        let (folder, kubectl) = (folder.to_owned(), programs.join("kubectl"));
        let node = Self { folder, kubectl, release: cluster.k3s.to_string(), path };
        if line.trim() == "ready" {
            return Ok(node);
        }
        node.show_logs();
        Err(io::Error::other("the node did not start"))
    }

    /// A folder of the node's own.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A command that finds the stand-ins.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("PATH", &self.path)
            .env("OMNI_K3S_VERSION", &self.release)
            .env("OMNI_KUBECTL", &self.kubectl)
            .env("OMNI_KUBELET", self.folder.join("out/k3s/k3s/kubelet.yaml"))
            .env("OMNI_IMAGES", self.folder.join("docker"));
        command
    }

    /// The last lines of each process.
    pub(crate) fn show_logs(&self) {
        for log in fs::read_dir(self.folder.join("log")).into_iter().flatten().flatten() {
            let text = fs::read_to_string(log.path()).unwrap_or_default();
            let lines: Vec<_> = text.lines().collect();
            let last = lines[lines.len().saturating_sub(15)..].join("\n  ");
            println!("{}:\n  {last}", log.file_name().display());
        }
    }
}

/// The images of the operator's where Docker's would be, and the others where containerd takes them from.
fn make_images(checked: &Checked, folder: &Path) -> io::Result<()> {
    let stand_ins = StandIns::compile(&folder.join("stand-ins"))?;
    let archive = |whose: &str, reference: &str, root: &Path, program: &[&str]| {
        let mut command = Command::new(here().join("archive"));
        let status = command.arg(folder.join(whose)).arg(reference).arg(root).args(program).status()?;
        if status.success() { Ok(()) } else { Err(io::Error::other(format!("cannot make {reference}"))) }
    };
    let scenarios = checked.facts();
    let scenario = scenarios.iter().find(|it| it.has_kubernetes()).expect("an option with pods");
    for (name, service) in scenario.run_by(Runtime::Kubernetes) {
        let loading = Duration::from_secs(if service.models.is_empty() { 0 } else { LOADING });
        let root = stand_ins.of(name, service, loading)?.root;
        for program in ["curl", "nvidia-smi"] {
            fs::copy(here().join("stand-ins/image").join(program), root.join("bin").join(program))?;
        }
        archive("docker", service.image.reference.as_str(), &root, &["/bin/stand-in"])?;
    }
    let plugin = checked.cluster.iter().flat_map(|cluster| &cluster.device_plugin);
    let waits = plugin.map(|plugin| plugin.image.to_string()).chain(["omni/stand-in:pause".to_owned()]);
    let root = stand_ins.real("pause", Path::new("/bin/busybox"), &[], &[])?.root;
    for reference in waits {
        archive("images", &reference, &root, &["/bin/busybox", "sleep", "infinity"])?;
    }
    Ok(())
}
