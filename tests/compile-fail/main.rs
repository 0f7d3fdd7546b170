//! What does not compile, and what the compiler says.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What rustc says of the bad examples of the rules' pages, a file each.
const ANSWERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");

/// The examples are written to `target/`. Only the answers are kept here.
#[test]
fn the_macro_refuses_at_the_tokens_that_are_wrong() {
    let (answers, programs) = (Path::new(ANSWERS), Path::new(env!("CARGO_TARGET_TMPDIR")).join("rules"));
    let is_blessed = env::var_os("TRYBUILD").is_some_and(|mode| mode == "overwrite");
    let mut names = BTreeSet::new();
    let _ = fs::remove_dir_all(&programs);
    fs::create_dir_all(&programs).unwrap();
    for example in omni_pages::bad_examples() {
        let Some(program) = example.rust() else { continue };
        let name = format!("{}.stderr", example.name());
        fs::write(programs.join(&name).with_extension("rs"), program).unwrap();
        if answers.join(&name).exists() {
            fs::copy(answers.join(&name), programs.join(&name)).unwrap();
        }
        names.insert(name);
    }
    let known = fs::read_dir(answers).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    for stale in known.filter(|name| !names.contains(name)) {
        assert!(is_blessed, "no page has {stale} any more: run it again with TRYBUILD=overwrite");
        fs::remove_file(answers.join(stale)).unwrap();
    }

    let cases = trybuild::TestCases::new();
    cases.compile_fail(programs.join("*.rs"));
    cases.compile_fail("malformed/*.rs");
    // They run when they go.
    drop(cases);
    for name in names.iter().filter(|name| is_blessed && programs.join(name).exists()) {
        fs::copy(programs.join(name), answers.join(name)).unwrap();
    }
}

/// Checks the example of the build gate with these features: whether it builds, and what cargo says.
fn gate(features: &str) -> (bool, String) {
    let example = root().join("examples/build-gate");
    // The versions that the workspace has.
    fs::copy(root().join("Cargo.lock"), example.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--features", features])
        .current_dir(&example)
        .env("CARGO_TARGET_DIR", root().join("target/build-gate"))
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_build_gate_lets_through_what_can_run_and_nothing_else() {
    let (is_built, said) = gate("");
    assert!(is_built, "{said}");
    let (is_built, said) = gate("one-too-many");
    assert!(!is_built, "{said}");
    let finding: Vec<_> =
        said.lines().filter_map(|line| line.strip_prefix("error: build-gate@0.1.0: ")).collect();
    assert_eq!(
        finding,
        [
            "[B002] vram of `gpu0` is over budget: 36 GiB asked of 32 GiB (32607 MiB usable)",
            "  robot          9 GiB",
            "  robot-2        9 GiB",
            "  robot-3        9 GiB",
            "  robot-4        9 GiB",
            "  total         36 GiB   (4257 MiB over)",
            "  usable     32607 MiB   (of 32 GiB)",
            "note: what it has (hosts.bench.gpus.gpu0.vram)",
            "help: give `robot-4` no vram, or at most 4959 MiB",
            "more: omni explain B002",
            "  --> services.robot-4.vram.gpu0",
        ],
        "{said}"
    );
}
