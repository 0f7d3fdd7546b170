//! The machine's disks, made once and kept.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// What makes them.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/disk");

/// The disks of a machine on which nothing is deployed yet.
pub(crate) struct Disks {
    pub(crate) folder: PathBuf,
    pub(crate) system: PathBuf,
    pub(crate) nvme: PathBuf,
    /// The operator's key.
    pub(crate) key: PathBuf,
}

/// Those that were made by this script from this release of Debian, or new ones.
pub(crate) fn disks() -> io::Result<Disks> {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("machine");
    let (folder, made_of) =
        (all.join("disks"), fs::read_to_string(SCRIPT)? + &fs::read_to_string("/etc/os-release")?);
    if fs::read_to_string(folder.join("made-of")).ok().as_ref() != Some(&made_of) {
        println!("making the disks, which takes some minutes");
        for old in [&folder, &all.join("new")] {
            if old.exists() {
                fs::remove_dir_all(old)?;
            }
        }
        make(&all.join("new"), &made_of)?;
        fs::rename(all.join("new"), &folder)?;
    }
    let at = |name| folder.join(name);
    Ok(Disks { system: at("system.img"), nvme: at("nvme.img"), key: at("key"), folder })
}

fn make(folder: &Path, made_of: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // What it mounts and starts goes with it, even if it is killed.
    let output = Command::new("setpriv")
        .args([
            "--pdeathsig",
            "KILL",
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
        ])
        .args(["--", SCRIPT])
        .arg(folder)
        .output()?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let end = said.get(said.len().saturating_sub(4000)..).unwrap_or_default();
        return Err(io::Error::other(format!(
            "no disks: {}\n{}",
            output.status,
            String::from_utf8_lossy(end)
        )));
    }
    fs::write(folder.join("made-of"), made_of)
}
