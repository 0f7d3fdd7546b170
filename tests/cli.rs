//! Runs the command line as a process, for behavior that only a process has.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn minimal(arguments: &[&str]) -> Command {
    let mut minimal = Command::new(env!("CARGO_BIN_EXE_minimal"));
    minimal.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR").env_remove("CLICOLOR_FORCE");
    minimal
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn one_line_is_the_whole_program() {
    let check = minimal(&["check"]).output().unwrap();
    assert_eq!(check.status.code(), Some(0));
    assert!(text(&check.stdout).starts_with("0 errors, 0 warnings ("));
    let help = minimal(&["--help"]).output().unwrap();
    assert!(text(&help.stdout).contains("\nUsage: minimal <COMMAND>\n"));
}

#[test]
fn results_and_errors_have_their_own_streams_and_codes() {
    let folder = tempfile::TempDir::new().unwrap();
    let emit = |arguments: &[&str]| {
        let emit = minimal(&[&["emit", "out"], arguments].concat()).current_dir(&folder).output().unwrap();
        (emit.status.code(), text(&emit.stdout), text(&emit.stderr))
    };
    let (code, result, aside) = emit(&["--check"]);
    assert_eq!((code, aside.as_str()), (Some(3), ""));
    assert!(result.lines().all(|line| line.starts_with("missing   ")), "{result}");
    let (code, result, _) = emit(&[]);
    assert_eq!(code, Some(0));
    assert!(result.starts_with("`out` written: "), "{result}");
    File::create(folder.path().join("out/mine")).unwrap();
    let (code, result, aside) = emit(&[]);
    assert_eq!((code, result.as_str()), (Some(2), ""));
    assert!(aside.starts_with("error: `out` holds what omni did not write"), "{aside}");
}

/// Returns the file modes below a folder, by path.
fn modes(folder: &Path) -> Vec<(PathBuf, u32)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        all.push((entry.path(), entry.metadata().unwrap().permissions().mode() & 0o7777));
        if entry.path().is_dir() {
            all.extend(modes(&entry.path()));
        }
    }
    all.sort();
    all
}

/// The files must be readable in containers, which run as other users.
#[test]
fn the_umask_changes_no_mode() {
    let folder = tempfile::TempDir::new().unwrap();
    let out = folder.path().join("out");
    let emit = |umask: &str| {
        let script = format!("umask {umask} && exec \"$1\" emit \"$2\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_minimal")]).arg(&out);
        assert!(shell.output().unwrap().status.success());
        let mut modes = modes(&out);
        modes.push((out.clone(), out.metadata().unwrap().permissions().mode() & 0o7777));
        fs::remove_dir_all(&out).unwrap();
        modes
    };
    let usual = emit("022");
    assert!(usual.iter().all(|(_, mode)| [0o644, 0o755].contains(mode)), "{usual:?}");
    for umask in ["002", "027", "077"] {
        assert_eq!(emit(umask), usual, "{umask}");
    }
}

#[test]
fn colours_are_for_terminals() {
    let heading = |program: &mut Command| program.output().unwrap().stdout.starts_with(b"\x1b[1m");
    assert!(!heading(&mut minimal(&["budget"])));
    assert!(heading(minimal(&["budget"]).env("CLICOLOR_FORCE", "1")));
    assert!(!heading(minimal(&["budget"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for arguments in [["explain", "B001"].as_slice(), &["--help"], &["emit"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut child = minimal(arguments)
            .stdout(writer.try_clone().unwrap())
            .stderr(if arguments == ["emit"] { writer.into() } else { Stdio::piped() })
            .spawn()
            .unwrap();
        let mut said = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            stderr.read_to_string(&mut said).unwrap();
        }
        let expected = if arguments == ["emit"] { 2 } else { 0 };
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(expected), ""), "{arguments:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_result_that_cannot_be_written_is_an_error() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let check = minimal(&["check"]).stdout(full).output().unwrap();
    assert_eq!(check.status.code(), Some(2));
    assert!(text(&check.stderr).starts_with("error: cannot write the result: "), "{check:?}");
}
