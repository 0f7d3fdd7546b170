//! The deployments of the examples.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use omni::{Checked, Deployment, Source, model::Context};

#[path = "../examples/home.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
pub(crate) mod home;
#[path = "../examples/minimal.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
pub(crate) mod minimal;
#[path = "../examples/v15.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
pub(crate) mod v15;

/// An example: its name, and the function that returns its deployment.
pub(crate) type Example = (&'static str, fn() -> Checked);

/// All examples.
pub(crate) const ALL: &[Example] =
    &[("home", home::home), ("minimal", minimal::minimal), ("two-hosts", two_hosts), ("v15", v15::v15)];

/// The example that exists in YAML only.
fn two_hosts() -> Checked {
    let file = repository().join("examples/two-hosts.yaml");
    Source::file(file).unwrap().check(&Context::default()).checked.unwrap()
}

/// Returns the root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn no_example_is_left_out() {
    let files = repository().join("examples").read_dir().unwrap().map(|file| file.unwrap().path());
    // A folder is a package of its own, which shows how to use Omni.
    let files = files.filter(|file| file.extension().is_some_and(|end| end == "rs" || end == "yaml"));
    let names: BTreeSet<_> = files.map(|file| file.file_stem().unwrap().to_owned()).collect();
    let names: Vec<_> = names.iter().map(|name| name.to_str().unwrap()).collect();
    assert_eq!(names, ALL.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

/// Returns the YAML files in the folder, as names without the extension and texts.
fn yaml_files() -> Vec<(String, String)> {
    let files = repository().join("examples").read_dir().unwrap().map(|file| file.unwrap().path());
    let mut all: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|end| end == "yaml"))
        .map(|file| {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&file).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// The examples that people copy are valid in YAML as in Rust: they have no findings and can be emitted.
#[test]
fn the_examples_in_yaml_are_without_findings_and_those_of_the_same_name_the_same() {
    let files = yaml_files();
    assert_eq!(
        files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["home", "minimal", "two-hosts"]
    );
    for (name, text) in files {
        let judgement = Source::yaml(&name, text).check(&Context::default());
        let findings: Vec<_> = judgement.findings.iter().map(|finding| finding.text()).collect();
        assert_eq!(findings, [""; 0], "{name}");
        let checked = judgement.checked.unwrap();
        assert!(checked.accept.is_empty(), "{name}");
        assert!(!omni::emit(&checked).unwrap().tree.is_empty(), "{name}");
        if let Some((_, rust)) = ALL.iter().find(|(rust, _)| *rust == name) {
            assert_eq!(Deployment::from(checked), Deployment::from(rust()), "{name}");
        }
    }
}

#[test]
fn no_rule_cries_wolf_on_a_good_small_box() {
    for example in [home::home, minimal::minimal] {
        let checked = example();
        assert!(checked.accept.is_empty() && checked.accepted().is_empty(), "{}", checked.name);
        assert!(checked.warnings().findings.is_empty(), "{}:\n{}", checked.name, checked.warnings());
    }
}

#[test]
fn each_warning_about_an_example_is_mended_or_accepted() {
    for (name, deployment) in ALL {
        let checked = deployment();
        assert!(checked.warnings().findings.is_empty(), "{name}:\n{}", checked.warnings());
    }
}
