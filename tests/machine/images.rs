//! A disk with the images that stand in for those of the products, as archives.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use omni_testbed::{Image, StandIns};

use crate::model::Whole;

/// How the archive of an image is called.
pub(crate) fn file_name(reference: &str) -> String {
    reference.replace(['/', ':', '@'], "-")
}

/// Programs of this machine in the place of those in images: the monitoring is what the checks ask.
const REAL: [(&str, &str, &[&str], &[&str]); 4] = [
    ("prometheus", "/usr/bin/prometheus", &[], &[]),
    (
        "alertmanager",
        "/usr/bin/prometheus-alertmanager",
        &["/usr/share/prometheus/alertmanager"],
        &["/alertmanager"],
    ),
    ("node-exporter", "/usr/bin/prometheus-node-exporter", &[], &[]),
    ("blackbox-exporter", "/usr/bin/prometheus-blackbox-exporter", &[], &[]),
];

/// Makes the disk in a folder.
pub(crate) fn disk(folder: &Path) -> io::Result<PathBuf> {
    let work = folder.join(format!("images-{}", std::process::id()));
    let stand_ins = StandIns::compile(&work.join("stand-ins"))?;
    let archives = work.join("archives");
    fs::create_dir_all(&archives)?;
    for whole in [Whole::v15(), Whole::home()] {
        for (name, service) in &whole.model.services {
            let file = archives.join(file_name(&service.image.reference.to_string()));
            let real = REAL.iter().find(|(real, ..)| name.as_str() == *real);
            let image = match real {
                Some((real, program, reads, writable)) => {
                    stand_ins.real(real, Path::new(program), reads, writable)?
                }
                None => stand_ins.of(name, service, service.load_time.unwrap_or_default())?,
            };
            if !file.exists() {
                archive(&image, &file)?;
            }
            fs::remove_dir_all(&image.root)?;
        }
    }
    let disk = folder.join(format!("images-{}.img", std::process::id()));
    let _ = fs::remove_file(&disk);
    run(Command::new("truncate").args(["-s", "1G"]).arg(&disk))?;
    run(Command::new("mke2fs")
        .args(["-q", "-F", "-t", "ext4", "-L", "images", "-d"])
        .arg(&archives)
        .arg(&disk))?;
    fs::remove_dir_all(&work)?;
    Ok(disk)
}

/// The archive, and beside it the words of `docker import` that say the rest.
fn archive(image: &Image, file: &Path) -> io::Result<()> {
    run(Command::new("tar")
        .arg("--create")
        .arg("--file")
        .arg(file)
        .arg("--directory")
        .arg(&image.root)
        .arg("."))?;
    let changes: String = image.changes.iter().map(|change| format!("--change={change}\n")).collect();
    let mut beside = file.as_os_str().to_owned();
    beside.push(".changes");
    fs::write(beside, changes)
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))))
}
