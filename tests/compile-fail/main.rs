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

/// What rustc says of the bad examples of the rules' pages, a file each. The examples themselves are written beside these files
/// and ignored by git: of a file elsewhere the answer would hold a path of this machine.
const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");

#[test]
fn the_macro_refuses_at_the_tokens_that_are_wrong() {
    let folder = Path::new(RULES);
    let mut expected = BTreeSet::new();
    for example in omni_pages::bad_examples() {
        let Some(program) = example.rust() else { continue };
        fs::write(folder.join(example.name()).with_extension("rs"), program).unwrap();
        expected.insert(example.name());
    }
    let is_blessed = env::var_os("TRYBUILD").is_some_and(|mode| mode == "overwrite");
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let is_stale = !expected.contains(file.file_stem().unwrap().to_str().unwrap());
        let is_answer = file.extension().is_some_and(|end| end == "stderr");
        assert!(
            !is_stale || !is_answer || is_blessed,
            "no page has the example of {} any more: run it again with TRYBUILD=overwrite",
            file.display()
        );
        if is_stale {
            fs::remove_file(file).unwrap();
        }
    }

    let cases = trybuild::TestCases::new();
    cases.compile_fail("rules/*.rs");
    cases.compile_fail("malformed/*.rs");
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
            "[B002] VRAM of `gpu0` is over budget: 36 GiB requested of 32 GiB (32607 MiB usable)",
            "  robot          9 GiB",
            "  robot-2        9 GiB",
            "  robot-3        9 GiB",
            "  robot-4        9 GiB",
            "  total         36 GiB   (4257 MiB over)",
            "  usable     32607 MiB   (of 32 GiB)",
            "note: what it has (hosts.bench.gpus.gpu0.vram)",
            "help: give `robot-4` no VRAM, or at most 4959 MiB",
            "more: omni explain B002",
            "  --> services.robot-4.vram.gpu0",
        ],
        "{said}"
    );
}
