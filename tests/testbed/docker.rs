//! A real Docker engine in the namespaces of a machine.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::space::Space;

/// The configuration of an engine.
#[derive(Clone, Debug)]
pub struct Engine {
    /// The folder for all files of the engine.
    pub folder: PathBuf,
    /// The socket of the engine. Scripts that do not know this path use `/var/run/docker.sock`, which may be a link to it.
    pub socket: PathBuf,
    /// The control group of its containers, below the root, so that leftover processes can be found.
    pub cgroup: String,
    /// The storage driver for images and containers. `vfs` works on any file system, but copies the whole image for each
    /// container.
    pub storage_driver: String,
    /// The contents of its `daemon.json`.
    pub settings: Value,
}

impl Engine {
    /// Creates the configuration of an engine that keeps everything, including its socket, below a folder.
    pub fn new(folder: &Path, cgroup: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            socket: folder.join("docker.sock"),
            cgroup: cgroup.to_owned(),
            storage_driver: "vfs".to_owned(),
            settings: Value::Object(serde_json::Map::new()),
        }
    }

    fn start(&self, machine: &Space) -> io::Result<Child> {
        fs::create_dir_all(&self.folder)?;
        let at = |name: &str| self.folder.join(name).display().to_string();
        fs::write(at("daemon.json"), self.settings.to_string())?;
        let mut daemon = machine
            .command("dockerd")
            .args([
                "--host",
                &format!("unix://{}", self.socket.display()),
                "--config-file",
                &at("daemon.json"),
            ])
            .args(["--data-root", &at("data"), "--exec-root", &at("exec"), "--pidfile", &at("pid")])
            .args(["--cgroup-parent", &format!("/{}", self.cgroup), "--storage-driver", &self.storage_driver])
            .args(["--log-format", "text"])
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
                // The rest of its output is not used.
                std::thread::spawn(move || log.for_each(drop));
                return Ok(daemon);
            }
        }
        Err(io::Error::other(format!("dockerd did not start:\n{seen}")))
    }
}

/// A running engine.
#[derive(Debug)]
pub struct Docker {
    engine: Engine,
    machine: Space,
    daemon: Child,
}

impl Docker {
    /// Starts an engine on a machine.
    pub fn start(machine: &Space, engine: Engine) -> io::Result<Self> {
        let daemon = engine.start(machine)?;
        Ok(Self { engine, machine: machine.again(), daemon })
    }

    /// Stops the engine and its containers, and starts it again.
    pub fn restart(&mut self) -> io::Result<()> {
        self.stop();
        self.daemon = self.engine.start(&self.machine)?;
        Ok(())
    }

    /// Returns the configuration.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Creates an image from the contents of a folder. `changes` are lines of a Dockerfile.
    pub fn import(&self, root: &Path, reference: &str, changes: &[String]) -> io::Result<()> {
        let script = r#"tar --create --directory "$1" . | docker import "${@:3}" - "$2" >/dev/null"#;
        let changes = changes.iter().map(|change| format!("--change={change}"));
        let mut import = self.command("bash");
        import.args(["-euo", "pipefail", "-c", script, "-"]).arg(root).arg(reference).args(changes);
        self.done(&mut import)
    }

    /// Returns the first process of each running container, by its name.
    pub fn containers(&self) -> io::Result<BTreeMap<String, u32>> {
        let ids = self.output(self.command("docker").args(["ps", "--quiet"]))?;
        let mut command = self.command("docker");
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

    /// Creates a command that runs on the machine of the engine and talks to this engine.
    pub fn command(&self, program: &str) -> Command {
        let mut command = self.machine.command(program);
        command.env("DOCKER_HOST", format!("unix://{}", self.engine.socket.display()));
        command
    }

    /// Runs a command and returns its output.
    pub fn output(&self, command: &mut Command) -> io::Result<String> {
        let output = command.output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(io::Error::other(format!("{command:?}: {}\n{said}", output.status)))
    }

    /// Runs a command and discards its output.
    pub fn done(&self, command: &mut Command) -> io::Result<()> {
        self.output(command).map(drop)
    }

    fn stop(&mut self) {
        let _ = Command::new("kill").arg(self.daemon.id().to_string()).status();
        let _ = self.daemon.wait();
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        let ids = self.output(self.command("docker").args(["ps", "--all", "--quiet"])).unwrap_or_default();
        let _ = self.done(self.command("docker").args(["rm", "--force"]).args(ids.split_whitespace()));
        self.stop();
    }
}
