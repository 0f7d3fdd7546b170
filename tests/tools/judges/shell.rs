//! Shell scripts.

use crate::Verdict;
use crate::tool::{command, silent};
use crate::tree::File;

pub(crate) fn is_bash(file: &File) -> bool {
    let shebang = file.text.lines().next().unwrap_or_default();
    file.has_extension("sh") || shebang.starts_with("#!") && shebang.ends_with("bash")
}

pub(crate) fn parses(file: &File) -> Verdict {
    silent(command("bash").arg("-n").arg(file.on_disk()))
}

pub(crate) fn shellcheck(file: &File) -> Verdict {
    let mut shellcheck = command("shellcheck");
    // A script may source another of its tree. What runs where its status is judged runs without errexit (SC2310, SC2311): each
    // such place says why that hides no failure.
    shellcheck.args(["--norc", "--external-sources", "--source-path=SCRIPTDIR"]);
    shellcheck.arg("--enable=check-set-e-suppressed");
    silent(shellcheck.arg(file.on_disk()))
}
