//! Namespaces: each represents a machine, a pod, or a party outside.

use std::{
    ffi::OsStr,
    io::{self, BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::System;

/// A network namespace and, for a machine, a mount namespace. It disappears when its processes end. They are killed together
/// with the first process of the [namespaces](crate::in_own_namespaces) that it was created in.
#[derive(Debug)]
pub struct Space {
    /// The name of what it represents.
    pub name: String,
    pid: u32,
    has_mounts: bool,
    processes: Vec<Child>,
}

impl Space {
    /// Creates a namespace that sees the files of its creator.
    pub fn new(name: &str) -> io::Result<Self> {
        Self::hold(name, &["--net"])
    }

    /// Creates a namespace in which files can be replaced by others.
    pub fn machine(name: &str) -> io::Result<Self> {
        let mut machine = Self::hold(name, &["--net", "--mount"])?;
        machine.has_mounts = true;
        Ok(machine)
    }

    /// Returns the namespace of another process.
    pub fn of(name: &str, pid: u32) -> Self {
        Self { name: name.to_owned(), pid, has_mounts: false, processes: Vec::new() }
    }

    fn hold(name: &str, namespaces: &[&str]) -> io::Result<Self> {
        let mut holder = Command::new("unshare")
            .args(namespaces)
            .args(["sh", "-c", "ip link set lo up && echo ready && exec sleep infinity"])
            .stdout(Stdio::piped())
            .spawn()?;
        await_ready(&mut holder, name)?;
        Ok(Self { name: name.to_owned(), pid: holder.id(), has_mounts: false, processes: vec![holder] })
    }

    /// Returns the id of the process that keeps the namespace alive.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Creates a command that runs in the namespace.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.pid));
        if self.has_mounts {
            // Entering only the namespace would lead to its original root.
            command.arg(format!("--mount=/proc/{}/ns/mnt", self.pid));
            command.arg(format!("--root=/proc/{}/root", self.pid));
        }
        command.arg("--").arg(program);
        command
    }

    /// Runs a script in the namespace and returns its output.
    pub fn run(&self, script: &str) -> io::Result<String> {
        let output = self.command("bash").args(["-euo", "pipefail", "-c", script]).output()?;
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.success() {
            return Ok(out.into_owned());
        }
        Err(io::Error::other(format!("in `{}`: {}\n{script}\n{out}{err}", self.name, output.status)))
    }

    /// Starts a process that lives as long as this namespace, and waits until it prints `ready`.
    pub fn attend(&mut self, command: &mut Command) -> io::Result<()> {
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let ready = await_ready(&mut process, &self.name);
        self.processes.push(process);
        ready
    }

    /// Returns the same machine for use beside its owner. It ends with the owner.
    pub(crate) fn again(&self) -> Self {
        Self { name: self.name.clone(), pid: self.pid, has_mounts: self.has_mounts, processes: Vec::new() }
    }

    /// Gives the machine its own root: it sees the files of a system, and its changes go to a folder, which must be below an
    /// in-memory file system. `/run` and `/tmp` are empty. It sees the folders in `shares` as its creator does.
    pub fn own_root(&self, system: &System, folder: &Path, shares: &[&Path]) -> io::Result<()> {
        let shares: String = shares.iter().map(|share| format!(" {}", share.display())).collect();
        let (lower, folder) = (system.root.display(), folder.display());
        self.run(&format!(
            "mkdir -p {folder}/upper {folder}/work {folder}/root
             mount -t overlay -o lowerdir={lower},upperdir={folder}/upper,workdir={folder}/work overlay {folder}/root
             cd {folder}/root
             for own in ./run ./tmp; do mount -t tmpfs tmpfs $own; done
             for shared in /proc /dev{shares}; do
                 mkdir -p .$shared
                 mount --rbind $shared .$shared
             done
             # Whose network /sys shows depends on who mounts it.
             mount -t sysfs sysfs ./sys
             mount --rbind /sys/fs/cgroup ./sys/fs/cgroup
             mkdir .old
             pivot_root . .old
             cd /
             umount --lazy /.old
             rmdir /.old
             mount --make-rshared /"
        ))?;
        // Nothing may be written before this is verified.
        self.run("[ \"$(stat --file-system --format %T /)\" = overlayfs ]").map(drop)
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn await_ready(child: &mut Child, name: &str) -> io::Result<()> {
    let Some(stdout) = child.stdout.take() else { return Ok(()) };
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    if line.trim() == "ready" {
        Ok(())
    } else {
        Err(io::Error::other(format!("`{name}` did not begin: {line}")))
    }
}
