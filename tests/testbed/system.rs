//! The systems whose programs the machines use, each with a different generation of Docker Engine.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    process::Command,
};

use omni::model::deployment::DockerRelease;

/// The folder where `tests/install` puts the packages of Debian's next release.
const NEXT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/docker-next");

/// A root file system with Debian's packages.
#[derive(Clone, Debug)]
pub struct System {
    /// The path of the root file system.
    pub root: PathBuf,
    /// The full version of its Docker Engine.
    pub docker: String,
    /// The major release of its Docker Engine.
    pub release: DockerRelease,
}

impl System {
    /// Returns the system of this machine and that of Debian's next release. If `words` contains `docker-RELEASE`, returns only
    /// the systems with such a release.
    ///
    /// # Errors
    ///
    /// Returns an error if a system is missing, or if both engines are of the same generation, since one of them would then
    /// prove nothing.
    pub fn wanted(words: &[String]) -> io::Result<Vec<Self>> {
        let systems = [Self::at(Path::new("/"))?, Self::at(Path::new(NEXT))?];
        let [old, new] = systems.each_ref().map(|it| it.release.guards_containers());
        if old || !new {
            let [old, new] = systems.each_ref().map(ToString::to_string);
            return Err(io::Error::other(format!(
                "{old} and {new} are not of the two generations before and since 28"
            )));
        }
        let named: Vec<&str> = words.iter().filter_map(|word| word.strip_prefix("docker-")).collect();
        let all = systems.into_iter();
        let wanted: Vec<_> =
            all.filter(|it| named.is_empty() || named.contains(&it.release.to_string().as_str())).collect();
        if wanted.is_empty() {
            return Err(io::Error::other(format!("there is no Docker {}", named.join(", "))));
        }
        Ok(wanted)
    }

    fn at(root: &Path) -> io::Result<Self> {
        let error = |said: &str| {
            io::Error::other(format!("no Docker Engine in {} ({said}): run tests/install", root.display()))
        };
        let asked = Command::new("chroot").arg(root).args(["dockerd", "--version"]).output()?;
        let said = [asked.stdout, asked.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        // `Docker version 28.5.2+dfsg4, build …`
        let version = said.strip_prefix("Docker version ").and_then(|rest| rest.split([',', '+']).next());
        let docker = version.ok_or_else(|| error(said.trim()))?.to_owned();
        let release = docker.split('.').next().and_then(|major| major.parse().ok());
        let release = release.ok_or_else(|| error(&docker))?;
        Ok(Self { root: root.to_owned(), docker, release })
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Docker {}", self.docker)
    }
}
