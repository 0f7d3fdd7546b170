//! Running a tool.

use std::env;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use crate::Judged;

/// Where `tests/install tools` puts the Python tools.
const VENV: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools-venv/bin");

/// A tool, with nothing of the caller's environment but the search path.
pub(crate) fn command(name: &str) -> Command {
    let path = env::var("PATH").unwrap_or_default();
    let mut command = Command::new(name);
    // `iptables-restore` stands in /usr/sbin, which not every user searches.
    command.env_clear().env("PATH", format!("{VENV}:{path}:/usr/sbin:/sbin"));
    command.env("HOME", env!("CARGO_TARGET_TMPDIR")).env("LC_ALL", "C.UTF-8");
    command
}

/// Runs a tool and gives back all that it said, which is the error when it fails.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    feed(command, "")
}

/// The same, with a text to read.
pub(crate) fn feed(command: &mut Command, input: &str) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let problem = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => format!("`{name}` is missing: run tests/install tools"),
        _ => format!("`{name}` cannot run: {error}"),
    };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(problem)?;
    let stdin = child.stdin.take();
    let output = thread::scope(|scope| {
        // A tool that does not read its input closes it early, which is no failure.
        scope.spawn(|| stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
        child.wait_with_output()
    });
    let output = output.map_err(problem)?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().to_owned();
    match output.status.code() {
        Some(0) => Ok(said),
        // What a tool that starts another one exits with when there is no such tool.
        Some(127) => Err(format!("{said}: run tests/install tools")),
        _ => Err(format!("{said} ({})", output.status)),
    }
}

/// Runs a tool that says nothing of a file that it accepts: a warning is a rejection too.
pub(crate) fn silent(command: &mut Command) -> Judged {
    quiet(run(command)?)
}

/// The same, with a text to read.
pub(crate) fn silent_feed(command: &mut Command, input: &str) -> Judged {
    quiet(feed(command, input)?)
}

fn quiet(said: String) -> Judged {
    if said.is_empty() { Ok(()) } else { Err(said) }
}

/// A file of this run, for a tool that must read it by name; `name` is unique in the tier.
pub(crate) fn scratch(name: &Path, text: &str) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scratch");
    let path = folder.join(name.to_string_lossy().replace('/', "_"));
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(path)
}
