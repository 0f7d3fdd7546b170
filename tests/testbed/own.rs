//! Running oneself once more, in namespaces of one's own.

use std::{
    env, fs, io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio, exit},
    thread,
};

/// The words by which a program that was started once more knows it.
const INSIDE: &str = "inside";
const KEEPER: &str = "keeper";

/// What a program was called with, and whether it is in namespaces of its own.
pub fn command_line() -> (Vec<String>, bool) {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let is_inside = arguments.first().is_some_and(|first| first == INSIDE);
    if is_inside {
        arguments.remove(0);
        // Who started all of this is gone when its end of the pipe is.
        thread::spawn(|| {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            exit(1)
        });
    }
    (arguments, is_inside)
}

/// Runs this program once more, in namespaces of its own. Their first process takes all others with it when it ends, or when
/// this one does, however that comes about; what stays of the control group that it names for its containers is removed then.
///
/// # Errors
///
/// If it cannot be started: that needs root.
pub fn in_own_namespaces(arguments: &[String], cgroup: &str) -> io::Result<ExitCode> {
    let own = env::current_exe()?;
    if let Some((KEEPER, arguments)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return keep(&own, arguments, cgroup);
    }
    // Whoever is killed cannot clean up. The keeper is not: it is in no group of processes that a terminal or a time limit ends.
    let mut keeper =
        Command::new(own).arg(KEEPER).args(arguments).process_group(0).stdin(Stdio::piped()).spawn()?;
    let held = keeper.stdin.take();
    let status = keeper.wait()?;
    drop(held);
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn keep(own: &Path, arguments: &[String], cgroup: &str) -> io::Result<ExitCode> {
    let status = Command::new("unshare")
        .args(["--fork", "--pid", "--kill-child", "--mount-proc", "--mount", "--net", "--ipc", "--uts", "--"])
        .arg(own)
        .arg(INSIDE)
        .args(arguments)
        .status()?;
    let groups = Path::new("/sys/fs/cgroup");
    for controller in fs::read_dir(groups)?.flatten() {
        remove_empty(controller.path().join(cgroup));
    }
    remove_empty(groups.join(cgroup));
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Removes a tree of control groups, which are folders that no process is in any more.
fn remove_empty(folder: PathBuf) {
    for inner in fs::read_dir(&folder).into_iter().flatten().flatten().filter(|it| it.path().is_dir()) {
        remove_empty(inner.path());
    }
    let _ = fs::remove_dir(folder);
}

/// Puts a file system in memory at a folder: who sees it is who is in this mount namespace.
///
/// # Errors
///
/// If it cannot be mounted.
pub fn mount_memory(folder: &str) -> io::Result<()> {
    let status = Command::new("mount").args(["-t", "tmpfs", "-o", "mode=0755", "tmpfs", folder]).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("cannot mount {folder}: {status}"))) }
}

/// Takes it away, with what is in it.
///
/// # Errors
///
/// If it is not mounted.
pub fn unmount(folder: &str) -> io::Result<()> {
    // A process that has just ended may hold it for a moment yet.
    let status = Command::new("umount").args(["--lazy", folder]).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("cannot unmount {folder}: {status}")))
    }
}
