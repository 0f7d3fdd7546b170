//! Everything that the examples emit, judged by the tools that will read it on a real machine.
//!
//! `tests/install tools` installs those tools. One that is missing fails the tier; so does a file without a judge.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod boot;
mod checkov;
mod data;
mod done;
mod downloads;
mod failures;
mod firewall;
mod git;
mod gpus;
mod grub;
#[path = "../../examples/home.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
mod home;
mod host;
mod interrupted;
mod judges;
#[path = "../../examples/minimal.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
mod minimal;
mod preflight;
mod schema;
mod stage;
mod tool;
mod tree;
mod upgrades;
#[path = "../../examples/v15.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
mod v15;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use judges::JUDGES;
use tree::{File, files};

/// What a judge says of a file: nothing, or why it rejects it.
type Judged = Result<(), String>;

/// All that is wrong with the files below `root`, each with the file and the judge. A file without a judge is wrong.
fn rejections(root: &Path) -> Result<Vec<String>, String> {
    let mut rejections = Vec::new();
    let files = files(root)?;
    if files.is_empty() {
        rejections.push(format!("{}: no file stands here", root.display()));
    }
    for file in &files {
        let judges: Vec<_> = JUDGES.iter().filter(|judge| (judge.takes)(file)).collect();
        if judges.is_empty() {
            rejections
                .push(format!("{}: no judge takes this file: add one to tests/tools/judges", file.path));
        }
        for judge in judges {
            if let Err(why) = (judge.judge)(file) {
                rejections.push(format!("{}: {}: {why}", file.path, judge.name));
            }
        }
    }
    Ok(rejections)
}

fn accepts(root: &Path) -> Judged {
    let rejections = rejections(root)?;
    rejections.is_empty().then_some(()).ok_or_else(|| rejections.join("\n"))
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn fixtures(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let paths = tree::entries(folder)?;
    Ok(paths.into_iter().filter(|path| path.is_dir()).collect())
}

/// The names of the examples; each of them is a deployment.
fn examples() -> Result<Vec<String>, String> {
    let sources = tree::entries(&repository().join("examples"))?;
    let stem = |path: &PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    Ok(sources.iter().filter(|path| path.extension().is_some_and(|it| it == "rs")).filter_map(stem).collect())
}

/// Emits an example into a fresh folder of a test's own, as the README says.
fn emit(example: &str, test: &str) -> Result<PathBuf, String> {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emitted").join(test).join(example);
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| format!("cannot clear {}: {error}", out.display()))?;
    }
    cargo(&[
        "run",
        "--quiet",
        "--example",
        example,
        "--",
        "emit",
        out.to_str().ok_or("the target folder is no text")?,
    ])?;
    Ok(out)
}

/// What cargo says in this repository.
fn cargo(arguments: &[&str]) -> Result<String, String> {
    tool::run(Command::new(env!("CARGO")).args(arguments).current_dir(repository()))
}

#[test]
fn what_the_examples_emit_is_accepted() {
    let judged = |example: &String| emit(example, "judged").and_then(|out| accepts(&out));
    let examples = examples().unwrap();
    assert!(
        ["minimal", "v15"].iter().all(|name| examples.iter().any(|example| example == name)),
        "{examples:?}"
    );
    let rejected: Vec<_> = examples
        .iter()
        .filter_map(|example| judged(example).err().map(|why| format!("\n{example}:\n{why}\n")))
        .collect();
    assert!(rejected.is_empty(), "{}", rejected.concat());
}

/// Those in YAML that no Rust example has the name of: of the others, a test says that both forms are the same deployment.
#[test]
fn what_the_examples_in_yaml_emit_is_accepted() {
    let folder = repository().join("examples");
    let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let is_alone = |file: &PathBuf| {
        file.extension().is_some_and(|end| end == "yaml") && !file.with_extension("rs").exists()
    };
    let files: Vec<_> = files.filter(is_alone).collect();
    assert!(!files.is_empty());
    for file in files {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emitted/yaml").join(file.file_stem().unwrap());
        if out.exists() {
            fs::remove_dir_all(&out).unwrap();
        }
        let paths = [&file, &out].map(|path| path.to_str().unwrap());
        cargo(&["run", "--quiet", "--bin", "omni", "--", "emit", paths[0], paths[1]]).unwrap();
        accepts(&out).unwrap_or_else(|why| panic!("{}:\n{why}", file.display()));
    }
}

#[test]
fn the_scripts_of_this_repository_are_accepted() {
    let repository = repository();
    let listed = tool::run(Command::new("git").arg("ls-files").current_dir(&repository)).unwrap();
    // Fixtures are wrong on purpose, and templates are no scripts yet.
    let others = ["tests/tools/fixtures/", "snapshots/", "omni-emit/src/"];
    let theirs = |path: &&str| !others.iter().any(|other| path.starts_with(other));
    let scripts: Vec<_> = listed
        .lines()
        .filter(theirs)
        .filter_map(|path| File::read(&repository, path).ok())
        .filter(judges::shell::is_bash)
        .collect();
    assert!(scripts.iter().any(|script| script.path == ".ci/run"));
    for script in &scripts {
        judges::shell::parses(script).unwrap();
        judges::shell::shellcheck(script).unwrap();
        judges::shell::reads_to_the_end(script).unwrap_or_else(|why| panic!("{}: {why}", script.path));
    }
}

#[test]
fn good_files_are_accepted() {
    let mut all = Vec::new();
    for good in folders(&fixtures("good")).unwrap() {
        accepts(&good).unwrap_or_else(|why| panic!("{why}"));
        all.extend(files(&good).unwrap());
    }
    for judge in JUDGES {
        assert!(all.iter().any(|file| (judge.takes)(file)), "no good fixture for {}", judge.name);
    }
}

/// A bad fixture is a folder `bad/JUDGE/CASE`; beside it, `CASE.says` holds what that judge must say of it.
#[test]
fn bad_files_are_rejected_for_the_reason_that_they_show() {
    let mut wrong = Vec::new();
    let mut proved = BTreeSet::new();
    for judge in folders(&fixtures("bad")).unwrap() {
        let name = judge.file_name().unwrap().to_str().unwrap().replace('_', " ");
        for case in folders(&judge).unwrap() {
            let says = fs::read_to_string(case.with_extension("says")).unwrap();
            let rejections = rejections(&case).unwrap_or_else(|why| vec![why]);
            let expected =
                |said: &String| said.contains(&format!(": {name}: ")) && said.contains(says.trim());
            if !rejections.iter().any(expected) {
                wrong.push(format!("{}: expected {says:?}, found {rejections:#?}", case.display()));
            }
        }
        proved.insert(name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let judges: BTreeSet<_> = JUDGES.iter().map(|judge| judge.name.to_owned()).collect();
    assert_eq!(proved, judges, "every judge has a bad fixture, and every bad fixture a judge");
}

#[test]
fn a_file_that_nobody_judges_is_rejected() {
    let rejections = rejections(&fixtures("unjudged")).unwrap();
    assert_eq!(rejections, ["mystery.bin: no judge takes this file: add one to tests/tools/judges"]);
}

#[test]
fn a_missing_tool_is_named_with_its_remedy() {
    let missing = tool::silent(&mut tool::command("no-such-tool"));
    assert_eq!(missing.unwrap_err(), "`no-such-tool` is missing: run tests/install tools");
}
