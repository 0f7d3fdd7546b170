//! Runs the current program again, in its own namespaces.

use std::{
    env, fs, io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio, exit},
    thread,
};

/// The argument that tells the program that it was started again.
const INSIDE: &str = "inside";
const KEEPER: &str = "keeper";

/// Returns the arguments of the program, and whether it runs in its own namespaces.
pub fn command_line() -> (Vec<String>, bool) {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let is_inside = arguments.first().is_some_and(|first| first == INSIDE);
    if is_inside {
        arguments.remove(0);
        // The parent process has ended when its end of the pipe is closed.
        thread::spawn(|| {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            exit(1)
        });
    }
    (arguments, is_inside)
}

/// Runs this program again, in its own namespaces. When their first process or this process ends, for any reason, all processes
/// in them are killed. The remains of the control group `cgroup`, which the containers use, are then removed.
///
/// # Errors
///
/// Returns an error if the program cannot be started, which requires root.
pub fn in_own_namespaces(arguments: &[String], cgroup: &str) -> io::Result<ExitCode> {
    let own = env::current_exe()?;
    if let Some((KEEPER, arguments)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return keep(&own, arguments, cgroup);
    }
    // A killed process cannot clean up. The keeper survives, because it is in no process group that a
    // terminal or a time limit kills.
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

/// Removes a tree of control groups, which are folders that contain no process any more.
fn remove_empty(folder: PathBuf) {
    for inner in fs::read_dir(&folder).into_iter().flatten().flatten().filter(|it| it.path().is_dir()) {
        remove_empty(inner.path());
    }
    let _ = fs::remove_dir(folder);
}

/// Mounts an in-memory file system on a folder. Only processes in this mount namespace see it.
///
/// # Errors
///
/// Returns an error if it cannot be mounted.
pub fn mount_memory(folder: &str) -> io::Result<()> {
    let status = Command::new("mount").args(["-t", "tmpfs", "-o", "mode=0755", "tmpfs", folder]).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("cannot mount {folder}: {status}"))) }
}

/// Unmounts it and discards its contents.
///
/// # Errors
///
/// Returns an error if it is not mounted.
pub fn unmount(folder: &str) -> io::Result<()> {
    // A process that has just ended may still use it for a moment.
    let status = Command::new("umount").args(["--lazy", folder]).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("cannot unmount {folder}: {status}")))
    }
}
