//! What systemd reads.

use std::{fs, path::Path};

use crate::Judged;
use crate::tool::{command, silent};
use crate::tree::File;

/// Units, and the drop-ins of others' units.
pub(crate) fn is_unit(file: &File) -> bool {
    file.has_extension("service") || file.has_extension("timer") || is_drop_in(file)
}

fn is_drop_in(file: &File) -> bool {
    file.has_extension("conf") && folder(file).ends_with(".service.d")
}

fn folder(file: &File) -> &str {
    Path::new(&file.path).parent().and_then(Path::to_str).unwrap_or_default()
}

/// `systemd-analyze verify` among the units of a machine. Those of Docker and k3s need not be installed here.
pub(crate) fn verify(file: &File) -> Judged {
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("units").join(file.path.replace('/', "_"));
    let wrong = |error: std::io::Error| error.to_string();
    let path = file.on_disk();
    let name = path.file_name().and_then(|name| name.to_str()).ok_or("a unit has a name")?;
    fs::create_dir_all(&work).map_err(wrong)?;
    for engine in ["docker.service", "k3s.service"] {
        let unit = "[Service]\nExecStart=/bin/true\n";
        fs::write(work.join(engine), unit).map_err(wrong)?;
    }
    let judged = if is_drop_in(file) {
        let folder = Path::new(folder(file)).file_name().and_then(|it| it.to_str()).unwrap_or_default();
        fs::create_dir_all(work.join(folder)).map_err(wrong)?;
        fs::write(work.join(folder).join(name), &file.text).map_err(wrong)?;
        work.join(folder.trim_end_matches(".d"))
    } else {
        // A timer starts the service that stands beside it.
        let service = path.with_extension("service");
        if file.has_extension("timer") && service.exists() {
            fs::copy(&service, work.join(name).with_extension("service")).map_err(wrong)?;
        }
        fs::write(work.join(name), &file.text).map_err(wrong)?;
        work.join(name)
    };
    let mut analyze = command("systemd-analyze");
    analyze.env("SYSTEMD_UNIT_PATH", format!("{}:", work.display()));
    silent(analyze.args(["verify", "--man=no", "--recursive-errors=no"]).arg(judged))
}
