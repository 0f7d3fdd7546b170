//! The schema of a document, by a validator: it takes what can be read, and nothing else.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use crate::{cargo, examples, repository, tool, tree};

/// What `check-jsonschema` says of many files.
#[derive(Deserialize)]
struct Report {
    errors: Vec<Rejected>,
    #[serde(default)]
    parse_errors: Vec<Rejected>,
}

#[derive(Deserialize)]
struct Rejected {
    filename: String,
}

/// The files that the validator rejects.
fn rejected(files: &[PathBuf]) -> Vec<PathBuf> {
    let schema = repository().join("docs/deployment.schema.json");
    let mut check = tool::command("check-jsonschema");
    check.args(["--output-format", "json", "--schemafile"]).arg(schema).args(files);
    let said = tool::run(&mut check).unwrap_or_else(|said| said);
    // Behind the report stands the exit status, if it is a bad one.
    let mut reports = serde_json::Deserializer::from_str(&said).into_iter::<Report>();
    let report = reports.next().unwrap().unwrap_or_else(|error| panic!("{error}: {said}"));
    let mut rejected: Vec<_> =
        report.errors.iter().chain(&report.parse_errors).map(|file| PathBuf::from(&file.filename)).collect();
    rejected.sort();
    rejected.dedup();
    rejected
}

#[test]
fn the_schema_takes_the_examples() {
    let mut files = vec![repository().join("src/cli/init/deployment.yaml")];
    for example in examples().unwrap() {
        let yaml = cargo(&["run", "--quiet", "--example", &example, "--", "convert"]).unwrap();
        files.push(tool::scratch(format!("{example}.yaml").as_ref(), &yaml).unwrap());
    }
    assert!(files.len() > 2);
    assert_eq!(rejected(&files), Vec::<PathBuf>::new());
}

/// The rules of documents (`D`) are what a schema can say. It says no more than they do: it takes every document that has another
/// fault.
#[test]
fn the_schema_rejects_what_cannot_be_read_and_nothing_else() {
    let folder = repository().join("tests/compile-fail/malformed");
    let files = tree::entries(&folder).unwrap().into_iter();
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    // The first lines of such a file say what is found in it.
    let is_malformed = |path: &&PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.lines().map_while(|line| line.strip_prefix("# ")).any(|line| line.starts_with('D'))
    };
    let mut malformed: Vec<_> = files.iter().filter(is_malformed).cloned().collect();
    for example in omni_pages::bad_examples() {
        let name = format!("{}.yaml", example.name());
        let file = tool::scratch(name.as_ref(), &example.yaml()).unwrap();
        if example.findings().iter().any(|finding| finding.starts_with('D')) {
            malformed.push(file.clone());
        }
        files.push(file);
    }
    malformed.sort();
    assert!(malformed.len() > 10 && malformed.len() < files.len());
    assert_eq!(rejected(&files), malformed);
}
