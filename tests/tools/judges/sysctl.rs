//! What `sysctl` and `systemd-sysctl` read.

use crate::Judged;
use crate::tree::File;

pub(crate) fn is_sysctl(file: &File) -> bool {
    file.has_extension("conf") && file.path.contains("/sysctl.d/") || file.path.starts_with("sysctl.d/")
}

/// Lines of `KEY = VALUE`, with keys that a kernel has and whole numbers.
pub(crate) fn sysctl(file: &File) -> Judged {
    for line in file.text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (key, value) = line.split_once(" = ").ok_or(format!("no `KEY = VALUE`: {line}"))?;
        let dotted =
            key.contains('.') && key.bytes().all(|b| b.is_ascii_lowercase() || b"._0123456789".contains(&b));
        if !dotted || value.parse::<u64>().is_err() {
            return Err(format!("no setting: {line}"));
        }
    }
    Ok(())
}
