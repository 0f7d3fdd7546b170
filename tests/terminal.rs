//! Whatever a document, a path or the arguments contain, the process writes only text, line endings and its own colors to a
//! terminal.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Output},
};

use omni::{
    Deployment,
    model::{ModelPath, shown::is_hidden},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    examples,
    leaves::{at, leaves, tree, with},
};

/// Texts that control a terminal, hide characters, or read differently than they run. The last one is a color that Omni does
/// not use.
const TEXTS: [&str; 6] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "a\r\nerror: b\n\tc\u{b}",
    "\u{9b}2J\u{85}\u{8}\u{7f}",
    "\u{202e}x\u{2066}\u{200f}\u{2028}",
    "a\u{200b}b\u{feff}\u{e0041}",
    "\u{1b}[5mx\u{1b}[0m",
];

/// The codes of the colors of Omni and of clap.
const COLOURS: [&str; 8] = ["0", "1", "1;31", "31", "33", "32", "36", "4"];

/// Runs a program with colors enabled, as on a terminal. Returns its output as text as well.
fn run(program: &mut Command) -> (Output, String) {
    let output = program.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1").output().unwrap();
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    (output, String::from_utf8(said).unwrap())
}

fn omni(arguments: &[&str], folder: &Path) -> Command {
    let mut omni = Command::new(env!("CARGO_BIN_EXE_omni-of-a-file"));
    omni.args(arguments).current_dir(folder);
    omni
}

/// Returns the characters that are neither text, line endings nor colors of Omni.
fn commands(said: &str) -> Vec<char> {
    let mut plain = said.to_owned();
    for colour in COLOURS {
        plain = plain.replace(&format!("\u{1b}[{colour}m"), "");
    }
    plain.chars().filter(|c| *c != '\n' && is_hidden(*c)).collect()
}

#[track_caller]
fn is_harmless(program: &mut Command, codes: &[i32]) -> String {
    let (output, said) = run(program);
    assert!(output.status.code().is_some_and(|code| codes.contains(&code)), "{program:?}: {said}");
    assert!(commands(&said).is_empty(), "{program:?}: {said:?}");
    said
}

#[test]
fn hostile_arguments_command_no_terminal() {
    let folder = TempDir::new().unwrap();
    let minimal = examples::minimal::minimal();
    fs::write(folder.path().join("d.yaml"), omni::yaml::write(&minimal).unwrap()).unwrap();
    for text in TEXTS {
        let own = &["--option", text];
        let mut wrong: Vec<Vec<&str>> = vec![
            vec![text],
            vec!["--", text],
            vec!["explain", text],
            vec!["check", "d.yaml", "--format", text],
            vec!["check", "d.yaml", text],
            vec!["convert", "d.yaml", "--to", text],
            vec!["emit", "d.yaml", "out", "--only", text],
            vec!["reach", "d.yaml", text, text],
            vec!["reach", "d.yaml", "lan", text],
            vec!["reach", "d.yaml", "--format", text],
            vec!["reach", "d.yaml", "--diff", text],
            vec!["reach", "d.yaml", "lan", "ollama", "--format", text],
            [&["emit", "d.yaml", "out"][..], own].concat(),
            [&["reach", "d.yaml"][..], own].concat(),
            vec!["init", "d.yaml/x", text],
        ];
        wrong.extend(["emit", "check", "budget", "reach", "convert"].map(|command| match command {
            "emit" => vec![command, text, "out"],
            _ => vec![command, text],
        }));
        let flag = format!("--{text}");
        wrong.push(vec!["check", "d.yaml", &flag]);
        for arguments in wrong {
            is_harmless(&mut omni(&arguments, folder.path()), &[2]);
        }
        // A folder with this name, and an obstacle in the place of one.
        for (arguments, code) in [
            (&["emit", "d.yaml", text, "--check"][..], 3),
            (&["emit", "d.yaml", text], 0),
            (&["emit", "d.yaml", text], 0),
            (&["emit", "d.yaml", text, "--check"], 0),
        ] {
            is_harmless(&mut omni(arguments, folder.path()), &[code]);
        }
        let out = folder.path().join(text);
        fs::write(out.join(text), "").unwrap();
        is_harmless(&mut omni(&["emit", "d.yaml", text], folder.path()), &[2]);
        fs::remove_dir_all(&out).unwrap();
        is_harmless(&mut omni(&["init", text], folder.path()), &[0]);
        is_harmless(&mut omni(&["init", text], folder.path()), &[2]);
        is_harmless(&mut omni(&["init", "--rust", text], folder.path()), &[2]);
        is_harmless(omni(&["--help"], folder.path()).arg0(text), &[0]);
        is_harmless(omni(&["check"], folder.path()).arg0(text), &[2]);
        for name in [out, folder.path().join("omni.schema.json")] {
            fs::remove_file(name).unwrap();
        }
    }
}

/// Puts each text into each field that rejects it and each that accepts it, and uses it as a key of each map. The document is
/// on one line, since JSON is YAML.
#[test]
fn hostile_documents_command_no_terminal() {
    let folder = TempDir::new().unwrap();
    let (home, v15) = (tree(&examples::home::home()), tree(&examples::v15::v15()));
    let mut shown = 0;
    for (number, text) in TEXTS.into_iter().enumerate() {
        shown += hostile(&home, &|_| text, &folder.path().join(format!("{number}{text}.yaml")));
    }
    // All fields that a deployment can have, each with the next text.
    shown += hostile(&v15, &|field| TEXTS[field % TEXTS.len()], &folder.path().join("v15.yaml"));
    println!("{shown} findings of hostile values");
    assert!(shown > 500, "{shown}");
}

/// Checks and shows such documents. Returns the number of rejected values.
fn hostile(deployment: &Value, text: &dyn Fn(usize) -> &'static str, path: &Path) -> usize {
    let (folder, name) = (path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap());
    let write = |tree: &Value| fs::write(path, tree.to_string()).unwrap();
    let check = |codes: &[i32]| {
        let checks = ["text", "json", "sarif"]
            .map(|format| is_harmless(&mut omni(&["check", name, "--format", format], folder), codes));
        // The document has only one line, of which a part is shown.
        let mut excerpts = checks[0].lines().filter(|line| line.starts_with("1 | "));
        assert!(excerpts.all(|line| line.chars().count() < 140), "{}", checks[0]);
        checks[0].matches("[D005]").count()
    };
    let places = leaves(deployment);
    let places: Vec<_> = places.iter().filter(|path| at(&mut deployment.clone(), path).is_string()).collect();
    let fields: Vec<_> = places.iter().enumerate().map(|(field, path)| (*path, text(field))).collect();
    let with_all = |fields: &[(&ModelPath, &str)]| {
        let mut hostile = deployment.clone();
        fields.iter().for_each(|(path, text)| *at(&mut hostile, path) = json!(text));
        hostile
    };
    let is_taken = |(path, text): &(&ModelPath, &str)| {
        serde_json::from_value::<Deployment>(with(deployment, path, json!(text))).is_ok()
    };
    let (taken, refused): (Vec<_>, Vec<_>) = fields.iter().partition(|field| is_taken(field));
    let mut shown = 0;
    // Rejected values are all reported in one run, up to a limit.
    for fields in refused.chunks(90) {
        write(&with_all(fields));
        shown += check(&[1]);
    }
    write(&with_all(&taken));
    check(&[0, 1]);
    for to in ["yaml", "rust"] {
        is_harmless(&mut omni(&["convert", name, "--to", to], folder), &[0]);
    }
    for arguments in [&["budget", name][..], &["reach", name], &["emit", name, "out", "--check"]] {
        is_harmless(&mut omni(arguments, folder), &[0, 1, 3]);
    }
    let mut keys = deployment.clone();
    for (parent, text) in fields.iter().filter_map(|(path, text)| Some((path.parent()?, text))) {
        if let Value::Object(map) = at(&mut keys, &parent) {
            map.insert((*text).to_owned(), json!(text));
        }
    }
    write(&keys);
    check(&[1]);
    shown
}

/// Checks that this test detects colors that Omni does not use.
#[test]
fn a_command_for_a_terminal_is_seen() {
    assert!(commands("\u{1b}[1mx\u{1b}[0m\n").is_empty());
    for text in TEXTS {
        assert!(!commands(text).is_empty(), "{text:?}");
    }
}
