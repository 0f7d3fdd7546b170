//! Checks that the schema and the reference in `docs/` match the types, and that each example in the reference can be read by
//! its type.

use std::fs;

use omni::{Deployment, model::schema, yaml};

use crate::examples::repository;

/// Compares a file in `docs/` with the text generated from the types, or writes it.
fn is_as(name: &str, text: &str) {
    let file = repository().join("docs").join(name);
    if fs::read_to_string(&file).unwrap_or_default() == text {
        return;
    }
    let bless = omni_pages::BLESS;
    assert!(
        std::env::var_os(bless).is_some(),
        "{} is stale: run {bless}=1 cargo test -p omni-tests schema",
        file.display()
    );
    fs::write(&file, text).unwrap();
}

#[test]
fn the_schema_in_docs_is_up_to_date() {
    is_as("deployment.schema.json", &format!("{:#}\n", schema::schema()));
}

#[test]
fn the_reference_in_docs_is_up_to_date_with_the_schema() {
    is_as("reference.md", &schema::page());
}

/// Returns the errors of a document as a deployment, before the rules run.
fn errors(text: &str) -> Vec<String> {
    let (document, problems) = yaml::read("example.yaml", text);
    let read = document.read::<Deployment>().err().unwrap_or_default();
    let all = problems.into_iter().chain(read);
    all.map(|it| format!("{}: {}", it.finding.path, it.finding.message)).collect()
}

#[test]
fn each_example_in_the_reference_is_read_by_its_type() {
    let keys = schema::Keys::new();
    assert!(keys.all().len() > 250);
    for key in keys.all() {
        let (document, path) = (keys.document(key), key.path());
        let example = format!("{}: {}", key.name(), key.example());
        assert!(document.contains(&example), "{path}: `{example}` is not in {document}");
        assert_eq!(errors(&document), [""; 0], "{path}:\n{document}");
        // The example is read as the value of this key: a value that no type accepts is rejected there.
        let broken = document.replacen(&example, &format!("{}: [[[]]]", key.name()), 1);
        assert!(!errors(&broken).is_empty(), "{path} reads anything:\n{broken}");
    }
}

#[test]
fn a_hover_is_the_entry_of_the_reference() {
    let schema = schema::schema();
    for key in schema::Keys::new().all() {
        assert_eq!(schema.pointer(key.pointer()).unwrap()["description"], key.text(), "{}", key.path());
    }
}
