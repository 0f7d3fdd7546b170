//! The cluster tier: what is emitted for Kubernetes, on a real cluster of one node that stands in namespaces of its own.
//!
//! `cargo test -p omni-cluster-tier` as root. The machine's own network, control groups and folders are not touched: all of it
//! happens in namespaces that end with their first process, however that ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    env, fs,
    io::{self, Read},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{node::Node, tally::Tally};

mod bundle;
mod cluster;
mod life;
mod manifests;
mod node;
mod scaled;
mod tally;

/// The control group of the pods, so that what they leave behind can be found.
const GROUP: &str = "omni-cluster";

/// Where everything is kept that is written: a file system in memory, which only the tier sees.
const FOLDER: &str = "/mnt";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("inside") => inside(Path::new(&arguments[1])),
        Some("sweep") => sweep().map(|()| ExitCode::SUCCESS),
        _ => outside(),
    };
    result.unwrap_or_else(|error| {
        eprintln!("cluster: {error}");
        ExitCode::FAILURE
    })
}

/// Runs the tier in namespaces of its own. Their first process takes all others with it when it ends, and ends with this one.
fn outside() -> io::Result<ExitCode> {
    let built = Command::new(here().join("kubernetes")).stderr(Stdio::inherit()).output()?;
    if !built.status.success() {
        return Err(io::Error::other("there is no Kubernetes: tests/install cluster"));
    }
    let own = env::current_exe()?;
    // In a process group of its own: a key that ends this one does not end it.
    let mut sweeper = Command::new(&own).arg("sweep").stdin(Stdio::piped()).process_group(0).spawn()?;
    let status = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--", "unshare", "--fork", "--pid", "--kill-child", "--mount-proc"])
        .args(["--mount", "--net", "--ipc", "--uts", "--"])
        .arg(&own)
        .arg("inside")
        .arg(String::from_utf8_lossy(&built.stdout).trim())
        .status()?;
    drop(sweeper.stdin.take());
    sweeper.wait()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Removes the pods' control groups when whoever started this is gone, and the pods with it.
fn sweep() -> io::Result<()> {
    io::stdin().read_to_end(&mut Vec::new())?;
    let roots = || {
        let controllers = fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten();
        controllers.map(|it| it.path()).chain([PathBuf::from("/sys/fs/cgroup")]).map(|it| it.join(GROUP))
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    while roots().any(|root| root.exists()) && Instant::now() < deadline {
        roots().for_each(remove_empty);
        thread::sleep(Duration::from_millis(100));
    }
    match roots().find(|root| root.exists()) {
        Some(left) => Err(io::Error::other(format!("{} cannot be removed", left.display()))),
        None => Ok(()),
    }
}

/// Removes a tree of control groups, which are folders that no process is in any more.
fn remove_empty(folder: PathBuf) {
    for inner in fs::read_dir(&folder).into_iter().flatten().flatten().filter(|it| it.path().is_dir()) {
        remove_empty(inner.path());
    }
    let _ = fs::remove_dir(folder);
}

fn inside(programs: &Path) -> io::Result<ExitCode> {
    let (start, folder) = (Instant::now(), Path::new(FOLDER));
    omni_testbed::mount_memory(FOLDER)?;
    let mut tally = Tally::default();
    let checked = scaled::v15_with(&json!({}));
    let node = Node::start(&checked, folder, programs)?;
    println!("the node is ready, {:.0?}", start.elapsed());
    manifests::judge(&node, &mut tally);
    life::judge(&node, &checked, &mut tally);
    println!("{:.0?}", start.elapsed());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    node.show_logs();
    Ok(ExitCode::FAILURE)
}

/// The folder of the scripts.
fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
