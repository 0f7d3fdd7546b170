//! Puts hostile or malformed texts into each field of v15. Each text is either rejected, or emitted as exactly that text.

use std::{fs, path::Path, process::Command, thread};

use omni::{
    Checked, Deployment, emit,
    model::{ModelPath, Segment},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    examples,
    leaves::{Outcome, at, judge, leaves, tree, with},
};

/// Texts that have broken quoting before. `touch canary` must not run.
const TEXTS: [&str; 14] = [
    "$(touch canary)",
    "`touch canary`",
    "'; touch canary; '",
    "\"; touch canary; \"",
    "a\ntouch canary\n",
    "a && touch canary # \\",
    "../../../etc/passwd",
    "| --- | <b>*_[x](y)",
    "{{ .Values }} {% x %} ${HOME} $$ %s",
    "- a: b #c &d *e !f",
    "yes",
    "\u{202e}tac\u{2066}",
    "\u{0}\u{1b}[31m",
    "größe 🦀 \u{a0}",
];

#[test]
fn a_hostile_text_is_refused_or_quoted() {
    let v15 = tree(&examples::v15::v15());
    let fields: Vec<_> =
        leaves(&v15).into_iter().filter(|path| at(&mut v15.clone(), path).is_string()).collect();
    thread::scope(|scope| {
        for text in TEXTS {
            let (v15, fields) = (&v15, &fields);
            scope.spawn(move || is_harmless(&everywhere(v15, fields, text), text));
        }
    });
}

/// Returns the deployment with the text in every field that accepts it, all at once.
fn everywhere(v15: &Value, fields: &[ModelPath], text: &str) -> Checked {
    let is_taken =
        |path: &&ModelPath| serde_json::from_value::<Deployment>(with(v15, path, json!(text))).is_ok();
    let mut taken: Vec<_> = fields.iter().filter(is_taken).collect();
    loop {
        let mut hostile = v15.clone();
        for path in &taken {
            *at(&mut hostile, path) = json!(text);
        }
        match judge(hostile) {
            Outcome::Valid(checked) => {
                println!("{text:?}: taken by {} of {} fields", taken.len(), fields.len());
                return *checked;
            }
            Outcome::Refused => panic!("{text:?} was taken by each field alone"),
            Outcome::Invalid(report) => {
                let before = taken.len();
                let places: Vec<_> =
                    report.errors().flat_map(|error| [error.path.clone(), place(v15, &error.path)]).collect();
                taken.retain(|field| {
                    !places.iter().any(|place| place.contains(field) || field.contains(place))
                });
                if taken.len() == before {
                    // An accepted warning disappears if the hardware that it is about is no longer a known
                    // product.
                    taken.retain(|field| field.segments().get(2) != Some(&Segment::Key("gpus".to_owned())));
                }
                let errors: Vec<_> = report.errors().map(ToString::to_string).collect();
                assert!(taken.len() < before, "{text:?}: {errors:#?}");
            }
        }
    }
}

/// Returns the place of the fields that a finding is about: the entry that an acceptance names, or a whole service.
fn place(v15: &Value, finding: &ModelPath) -> ModelPath {
    let of_acceptance = |at: &Value| at["at"].as_str().unwrap().parse().unwrap();
    match finding.segments() {
        [Segment::Key(accept), Segment::Index(i), ..] if accept == "accept" => {
            of_acceptance(&v15["accept"][i])
        }
        [services @ Segment::Key(key), name, ..] if key == "services" => {
            [services, name].into_iter().cloned().collect()
        }
        _ => finding.clone(),
    }
}

/// Emits the deployment, parses every file in its language, and runs what can run without a machine.
fn is_harmless(checked: &Checked, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    for (path, file) in emit(checked).unwrap().tree {
        let path = folder.path().join(path.as_str());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &file.contents).unwrap();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("sh") => runs_nothing(&path, text),
            Some("cfg") => assert_eq!(
                bash(&["-c", "set -eu; . \"$1\"", "-", path.to_str().unwrap()], &path),
                0,
                "{text:?}"
            ),
            Some("yaml" | "yml") => drop(documents(&file.contents, &path, text)),
            Some("json") => drop(serde_json::from_str::<Value>(&file.contents).unwrap()),
            Some("md") => tables_keep_their_columns(&file.contents, text),
            _ => {}
        }
    }
    let canaries = walk(folder.path(), "canary");
    assert!(canaries.is_empty(), "{text:?} ran: {canaries:?}");
}

fn bash(arguments: &[&str], script: &Path) -> i32 {
    let mut command = Command::new("bash");
    command.args(arguments).current_dir(script.parent().unwrap());
    let output = command.output().unwrap();
    output.status.code().unwrap()
}

/// Checks that the script parses, and that the commands which only print run nothing from a field.
fn runs_nothing(script: &Path, text: &str) {
    let path = script.to_str().unwrap();
    assert_eq!(bash(&["-n", path], script), 0, "{text:?} breaks {path}");
    let tries: &[&[&str]] = match script.file_name().unwrap().to_str().unwrap() {
        "deploy.sh" => &[&["--dry-run"], &["--list"], &["--help"]],
        "rollback.sh" => &[&["--dry-run"], &["--help"]],
        "backup.sh" => &[&["--dry-run", "/"], &["--help"]],
        "restore.sh" => &[&["--help"]],
        "failover.sh" => &[&["--help"], &["--dry-run", "glm"]],
        "verify.sh" | "health.sh" | "preflight.sh" => &[&["--list"], &["--help"]],
        // The other commands take effect at once.
        _ => &[],
    };
    for arguments in tries {
        assert_eq!(bash(&[&[path], *arguments].concat(), script), 0, "{text:?}: {path} {arguments:?}");
    }
}

fn documents(yaml: &str, path: &Path, text: &str) -> Vec<Value> {
    let documents = serde_norway::Deserializer::from_str(yaml).map(Value::deserialize);
    let read: Result<_, _> = documents.collect();
    read.unwrap_or_else(|error| panic!("{text:?} breaks {}: {error}", path.display()))
}

/// Checks that each row of a table has as many cells as its header.
fn tables_keep_their_columns(page: &str, text: &str) {
    let mut columns = None;
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        if fenced || !line.starts_with('|') {
            columns = None;
            continue;
        }
        let cells = line.replace(r"\\", "").replace(r"\|", "").matches('|').count();
        assert_eq!(*columns.get_or_insert(cells), cells, "{text:?}: {line}");
    }
}

fn walk(folder: &Path, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path, name));
        } else if path.file_name().is_some_and(|file| file == name) {
            found.push(path.display().to_string());
        }
    }
    found
}
