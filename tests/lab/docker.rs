//! A real Docker engine in a machine's namespaces, and the emitted Compose files on it.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::space::Space;

/// The image of every container: it does nothing. Who listens in a container is put beside it, into its network.
const IMAGE: &str = "omni-lab";

pub(crate) struct Docker {
    daemon: Child,
    socket: PathBuf,
    folder: PathBuf,
}

impl Docker {
    /// Starts an engine, with everything that it keeps below a folder.
    pub(crate) fn start(machine: &Space, folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let socket = folder.join("docker.sock");
        let at = |name: &str| folder.join(name).display().to_string();
        let mut daemon = machine
            .command("dockerd")
            .args(["--host", &format!("unix://{}", socket.display())])
            .args(["--data-root", &at("data"), "--exec-root", &at("exec"), "--pidfile", &at("pid")])
            .args(["--cgroup-parent", crate::CGROUP, "--storage-driver", "vfs", "--log-format", "text"])
            .stderr(Stdio::piped())
            .spawn()?;
        let Some(stderr) = daemon.stderr.take() else { return Err(io::Error::other("no log")) };
        let mut log = BufReader::new(stderr).lines();
        let mut seen = String::new();
        for line in log.by_ref().map_while(Result::ok) {
            let ready = line.contains("API listen on");
            seen += &line;
            seen.push('\n');
            if ready {
                // What it says from now on is nobody's.
                std::thread::spawn(move || log.for_each(drop));
                let docker = Self { daemon, socket, folder: folder.to_owned() };
                docker.import()?;
                return Ok(docker);
            }
        }
        Err(io::Error::other(format!("dockerd did not start:\n{seen}")))
    }

    fn import(&self) -> io::Result<()> {
        let root = self.folder.join("image");
        fs::create_dir_all(root.join("bin"))?;
        fs::copy("/bin/busybox", root.join("bin/busybox"))?;
        let script =
            format!("tar --create --directory {} . | docker import - {IMAGE} >/dev/null", root.display());
        self.done(Command::new("bash").args(["-euo", "pipefail", "-c", &script]))
    }

    /// Starts what the emitted Compose files say, with their network, addresses and published ports, and another image.
    pub(crate) fn up(&self, compose: &Path, tops: &[String]) -> io::Result<()> {
        for top in tops {
            let file = compose.join(top);
            let variables = compose.join("lab.env");
            let mut command = Command::new("docker-compose");
            command.arg("--env-file").arg(&variables).arg("--file").arg(&file);
            let model = self.output(command.args(["--profile", "*", "config", "--format", "json"]))?;
            let model = serde_json::from_str(&model).map_err(io::Error::other)?;
            let changed = self.folder.join(format!("{top}.json"));
            fs::write(&changed, stripped(&model).to_string())?;
            let mut command = Command::new("docker-compose");
            command.arg("--file").arg(&changed).args(["up", "--detach", "--quiet-pull"]);
            self.done(&mut command)?;
        }
        Ok(())
    }

    /// The first process of each running container, by its name.
    pub(crate) fn containers(&self) -> io::Result<BTreeMap<String, u32>> {
        let ids = self.output(Command::new("docker").args(["ps", "--quiet"]))?;
        let mut command = Command::new("docker");
        command.args(["inspect", "--format", "{{.Name}} {{.State.Pid}}"]).args(ids.split_whitespace());
        if ids.trim().is_empty() {
            return Ok(BTreeMap::new());
        }
        let lines = self.output(&mut command)?;
        let line = |line: &str| {
            let (name, pid) = line.trim_start_matches('/').split_once(' ')?;
            Some((name.to_owned(), pid.parse().ok()?))
        };
        Ok(lines.lines().filter_map(line).collect())
    }

    fn output(&self, command: &mut Command) -> io::Result<String> {
        let output = command.env("DOCKER_HOST", format!("unix://{}", self.socket.display())).output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(io::Error::other(format!("{command:?}: {}\n{said}", output.status)))
    }

    fn done(&self, command: &mut Command) -> io::Result<()> {
        self.output(command).map(drop)
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        let ids = self.output(Command::new("docker").args(["ps", "--all", "--quiet"])).unwrap_or_default();
        let _ = self.done(Command::new("docker").args(["rm", "--force"]).args(ids.split_whitespace()));
        let _ = Command::new("kill").arg(self.daemon.id().to_string()).status();
        let _ = self.daemon.wait();
    }
}

/// The containers as they are on the network: nothing else of them matters here.
fn stripped(model: &Value) -> Value {
    let service = |(name, service): (&String, &Value)| {
        if service.get("network_mode").is_some() {
            return None;
        }
        let mut kept = json!({
            "image": IMAGE,
            "container_name": name,
            "entrypoint": ["/bin/busybox", "sleep", "infinity"],
            "stop_grace_period": "0s",
        });
        for key in ["networks", "ports"] {
            if let (Some(value), Some(kept)) = (service.get(key), kept.as_object_mut()) {
                kept.insert(key.to_owned(), value.clone());
            }
        }
        Some((name.clone(), kept))
    };
    let services = model.get("services").and_then(Value::as_object);
    let services: serde_json::Map<_, _> = services.into_iter().flatten().filter_map(service).collect();
    json!({ "name": model.get("name"), "services": services, "networks": model.get("networks") })
}
