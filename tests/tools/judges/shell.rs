//! Shell scripts.

use crate::Judged;
use crate::tool::{command, silent};
use crate::tree::File;

pub(crate) fn is_bash(file: &File) -> bool {
    let shebang = file.text.lines().next().unwrap_or_default();
    file.has_extension("sh") || shebang.starts_with("#!") && shebang.ends_with("bash")
}

pub(crate) fn parses(file: &File) -> Judged {
    silent(command("bash").arg("-n").arg(file.on_disk()))
}

pub(crate) fn shellcheck(file: &File) -> Judged {
    let mut shellcheck = command("shellcheck");
    // A script may source another of its tree. What runs where its status is judged runs without errexit (SC2310, SC2311): each
    // such place says why that hides no failure.
    shellcheck.args(["--norc", "--external-sources", "--source-path=SCRIPTDIR"]);
    shellcheck.arg("--enable=check-set-e-suppressed");
    silent(shellcheck.arg(file.on_disk()))
}

/// Under `pipefail` a pipeline fails when its last command stops before the end of what it is given: the one before it may then
/// be killed by SIGPIPE, or not, as it happens.
pub(crate) fn reads_to_the_end(file: &File) -> Judged {
    let stops = |line: &&str| {
        line.split("||").flat_map(|piped| piped.split('|').skip(1)).any(|command| {
            let mut words = command.split_whitespace();
            match words.next() {
                Some("head") => true,
                Some("grep") => words.take_while(|word| word.starts_with('-')).any(|word| {
                    !word.starts_with("--") && word.contains(['q', 'm', 'l']) || word == "--quiet"
                }),
                _ => false,
            }
        })
    };
    let lines = file.text.lines().enumerate();
    let said: Vec<_> = lines
        .filter(|(_, line)| !line.trim_start().starts_with('#') && stops(line))
        .map(|(number, line)| format!("line {}: stops before the end of a pipe: {line}", number + 1))
        .collect();
    if said.is_empty() { Ok(()) } else { Err(said.join("\n")) }
}
