//! Images that take the place of the product images.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use omni::model::{
    deployment::{Health, Service, Volume},
    monitoring::exporters::{self, Kind, Metric},
    names::ServiceName,
    units::Duration,
};

use crate::docker::Docker;

/// The stand-in program, linked statically so that it needs no other files.
#[derive(Debug)]
pub struct StandIns {
    folder: PathBuf,
}

/// The root file system of an image, and its settings.
#[derive(Debug)]
pub struct Image {
    /// The root file system of its containers.
    pub root: PathBuf,
    /// The Dockerfile lines of the image.
    pub changes: Vec<String>,
}

impl StandIns {
    /// Compiles the program into a folder, which also holds the images.
    pub fn compile(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("stand-in/main.rs");
        let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut compile = Command::new(compiler);
        compile.args([
            "--edition=2024",
            "--crate-name=stand_in",
            "-Ctarget-feature=+crt-static",
            "-Copt-level=1",
        ]);
        run(compile.args(["-Cstrip=symbols", "-o"]).arg(folder.join("stand-in")).arg(source))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Returns the image of the stand-in for a service of a deployment. It simulates loading for `loading`.
    ///
    /// It runs with any command of the model, because the program is also installed under the name of that command.
    pub fn of(&self, name: &ServiceName, service: &Service, loading: Duration) -> io::Result<Image> {
        let root = self.root(name.as_str())?;
        fs::copy(self.folder.join("stand-in"), root.join("bin/stand-in"))?;
        let call = |called: &str| {
            let path = root.join("bin").join(called.trim_start_matches('/'));
            let _ = fs::remove_file(&path);
            symlink("/bin/stand-in", path)
        };
        let command = service.command.first().map(ToString::to_string);
        for called in ["numactl", "curl"].into_iter().chain(command.as_deref()) {
            call(called)?;
        }
        let mut settings = format!("loading {}\n", loading.secs());
        for port in service.ports.values() {
            let _ = writeln!(settings, "port {}", port.target);
        }
        if let Some(Health::Http(health)) = &service.health {
            let _ = writeln!(settings, "health {}", health.path);
        }
        if let Some(Health::Command(words)) = &service.health {
            let words: Vec<_> = words.iter().map(ToString::to_string).collect();
            for client in clients(&words) {
                call(client)?;
                let _ = writeln!(settings, "client {client}");
            }
        }
        if let Some(inference) = &service.inference {
            let _ = writeln!(settings, "model {}", inference.served_model);
        }
        if let Some((path, _)) = service.volumes.iter().find(|(_, volume)| matches!(volume, Volume::Data(_)))
        {
            let _ = writeln!(settings, "data {path}");
        }
        if let Some(metrics) = &service.metrics {
            let _ = writeln!(settings, "metrics {}", metrics.path);
            let known = exporters::find(metrics.exporter.as_str()).map_or(&[][..], |known| known.metrics);
            fs::write(root.join("etc/stand-in.metrics"), known.iter().map(series).collect::<String>())?;
        }
        fs::write(root.join("etc/stand-in"), settings)?;
        // The first process of a container ignores signals that it has no handler for.
        let changes = vec![r#"ENTRYPOINT ["/bin/stand-in"]"#.to_owned(), "STOPSIGNAL SIGKILL".to_owned()];
        Ok(Image { root, changes })
    }

    /// Returns an image of a real program of this machine, with its libraries, the other files that it reads, and folders that
    /// everybody may write to.
    pub fn real(&self, name: &str, program: &Path, reads: &[&str], writable: &[&str]) -> io::Result<Image> {
        let root = self.root(name)?;
        fs::copy(program, root.join("bin/program")).map_err(|error| missing(program, &error))?;
        let libraries = Command::new("ldd").arg(program).output()?;
        for line in String::from_utf8_lossy(&libraries.stdout).lines() {
            // `libc.so.6 => /lib/…/libc.so.6 (0x…)`, or only the path of the loader
            let Some(path) = line.split_whitespace().find(|word| word.starts_with('/')) else { continue };
            let to = root.join(path.trim_start_matches('/'));
            to.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::copy(path, to)?;
        }
        for path in reads {
            run(Command::new("cp").args(["--recursive", "--parents", path]).arg(&root))?;
        }
        for folder in writable {
            let folder = root.join(folder.trim_start_matches('/'));
            fs::create_dir_all(&folder)?;
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o1777))?;
        }
        Ok(Image { root, changes: vec![r#"ENTRYPOINT ["/bin/program"]"#.to_owned()] })
    }

    /// Creates a root file system with a shell and its utilities.
    fn root(&self, name: &str) -> io::Result<PathBuf> {
        let root = self.folder.join("roots").join(name);
        for folder in ["bin", "etc", "proc", "sys", "dev"] {
            fs::create_dir_all(root.join(folder))?;
        }
        let (busybox, copy) = (Path::new("/bin/busybox"), root.join("bin/busybox"));
        fs::copy(busybox, &copy).map_err(|error| missing(busybox, &error))?;
        let programs = Command::new(busybox).arg("--list").output()?;
        for program in String::from_utf8_lossy(&programs.stdout).lines() {
            let path = root.join("bin").join(program);
            if !path.exists() {
                symlink("busybox", path)?;
            }
        }
        Ok(root)
    }
}

impl Image {
    /// Imports the image into an engine.
    pub fn import(&self, docker: &Docker, reference: &str) -> io::Result<()> {
        docker.import(&self.root, reference, &self.changes)
    }
}

/// Returns the programs of a health check that belong to the product: its first word, or the target of a pipe in a shell.
fn clients(words: &[String]) -> Vec<&str> {
    match words {
        [shell, option, script] if shell == "sh" && option == "-c" => {
            script.split('|').skip(1).filter_map(|command| command.split_whitespace().next()).collect()
        }
        [program, ..] => vec![program],
        [] => Vec::new(),
    }
}

/// Returns a metric as an exporter with one series of it would show it.
fn series(metric: &Metric) -> String {
    let Metric { name, kind, labels, .. } = metric;
    let labels: Vec<_> = labels.iter().map(|label| format!("{label}=\"0\"")).collect();
    let (own, labels) = (labels.join(","), format!("{{{}}}", labels.join(",")));
    let comma = if own.is_empty() { "" } else { "," };
    match kind {
        Kind::Counter | Kind::Gauge => format!("{name}{labels} 0\n"),
        Kind::Summary => format!("{name}_sum{labels} 0\n{name}_count{labels} 0\n"),
        Kind::Histogram => format!(
            "{name}_bucket{{{own}{comma}le=\"+Inf\"}} 0\n{name}_sum{labels} 0\n{name}_count{labels} 0\n"
        ),
    }
}

fn missing(program: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", program.display()))
}

fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{command:?}: {status}"))) }
}
