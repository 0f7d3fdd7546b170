//! The deployments of the examples.

use std::path::{Path, PathBuf};

use omni::Checked;

#[path = "../examples/home.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
pub(crate) mod home;
#[path = "../examples/minimal.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
pub(crate) mod minimal;
#[path = "../examples/v15.rs"]
#[expect(dead_code, reason = "an example's own `main`")]
pub(crate) mod v15;

/// An example: its name, and the deployment that it emits.
pub(crate) type Example = (&'static str, fn() -> Checked);

/// All of them.
pub(crate) const ALL: &[Example] = &[("home", home::home), ("minimal", minimal::minimal), ("v15", v15::v15)];

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn no_example_is_left_out() {
    let files = repository().join("examples").read_dir().unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    // A folder is a package of its own, which shows how to use Omni.
    names.retain(|name| name.ends_with(".rs"));
    names.sort();
    assert_eq!(names, ALL.iter().map(|(name, _)| format!("{name}.rs")).collect::<Vec<_>>());
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
