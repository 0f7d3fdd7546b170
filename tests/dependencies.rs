//! Dependencies point in one direction: `omni-derive -> omni-model <- omni-emit`, and `omni` depends on all of them. The macro
//! does not depend on the Kubernetes types, and the model depends neither on tokens nor on files.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::Value;

use crate::examples::repository;

/// Returns each package of the workspace with its dependencies, without dev-dependencies.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap();
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let answer = command.current_dir(repository()).output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let metadata: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let package = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap();
        let built_from = dependencies.iter().filter(|dependency| dependency["kind"] != "dev");
        (text(&package["name"]), built_from.map(|dependency| text(&dependency["name"])).collect())
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

/// The workspace packages that each package may depend on.
const ALLOWED: [(&str, &[&str]); 4] = [
    ("omni-model", &[]),
    ("omni-derive", &["omni-model"]),
    ("omni-emit", &["omni-model"]),
    ("omni", &["omni-derive", "omni-emit", "omni-model"]),
];

#[test]
fn they_point_one_way() {
    let packages = packages();
    for (name, allowed) in ALLOWED {
        let own = packages[name].iter().filter(|dependency| packages.contains_key(*dependency));
        assert_eq!(own.collect::<Vec<_>>(), allowed, "{name}");
    }
}

#[test]
fn the_model_knows_neither_tokens_nor_files_and_the_macro_no_artifacts() {
    let packages = packages();
    let artifacts = ["askama", "docker-compose-types", "k8s-openapi", "serde_norway"];
    let tokens = ["proc-macro2", "quote", "syn"];
    let files = ["rustix", "tempfile", "walkdir"];
    for (name, strangers) in [
        ("omni-model", [&artifacts[..], &tokens, &files].concat()),
        ("omni-derive", [&artifacts[..], &files].concat()),
    ] {
        let known = &packages[name];
        let found: Vec<_> = strangers.into_iter().filter(|stranger| known.contains(*stranger)).collect();
        assert_eq!(found, [""; 0], "{name}");
    }
}
