//! `docs/reference.md`

use std::fmt::Write;

use super::keys::{Key, Keys};

const PREFACE: &str = "\
<!-- Written from the types by `OMNI_BLESS=1 cargo test -p omni-tests schema`. Do not edit. -->

# The keys

A deployment is a document of these keys, in YAML or in the `deployment!` macro. Each path is written without the names that you
choose: `services.memory_limit` is the memory limit of a service, for example of `services.ollama.memory_limit`. `omni explain PATH`
prints an entry, and an editor that knows the [JSON Schema](deployment.schema.json) shows it at the key.

- **Type** is the kind of value. An *object* is a map with the keys that are listed, a *choice* one of the values or a map with a single one
  of the keys that are listed. `map(size)` is a map from names that you choose to sizes. Kinds of texts are described
  [at the end](#kinds-of-texts).
- **Example** is YAML. Tests read each of them.
- **Rules** are those whose page in [the rule book](rules.md) shows a finding at the key, or names the key beside one. Rules about the
  document (D001 to D005) apply to every key, and R001 to every name that refers to something else.
";

/// The reference as a page of Markdown.
pub fn page() -> String {
    let keys = Keys::new();
    let mut page = PREFACE.to_owned();
    let mut hidden: Vec<String> = Vec::new();
    // A `String` takes everything.
    let _ = writeln!(page, "\n| key | |\n|---|---|");
    for key in keys.all().iter().filter(|key| key.depth() == 1) {
        let _ = writeln!(page, "| [`{0}`](#{0}) | {1} |", key.path(), key.sentence());
    }
    for key in keys.all() {
        let path = key.path();
        if hidden.iter().any(|above| path.starts_with(above.as_str())) {
            continue;
        }
        let level = if key.depth() == 1 { "##" } else { "###" };
        let heading = if key.depth() == 1 { path.clone() } else { format!("`{path}`") };
        let _ = write!(page, "\n{level} {heading}\n\n{}\n", entry(key));
        if let Some(first) = key.same_as() {
            let _ = write!(page, "\nIts keys are those of [`{first}`](#{}).\n", anchor(first));
            hidden.push(format!("{path}."));
        }
    }
    page += "\n## Kinds of texts\n";
    for (kind, format) in keys.formats() {
        let _ = write!(page, "\n### {kind}\n\n{format}\n");
    }
    page
}

/// The entry with its links.
fn entry(key: &Key) -> String {
    let name = &key.kind().name;
    let kind = match key.kind().format.as_str() {
        "" => key.kind().shown(name),
        _ => key.kind().shown(&format!("[{name}](#{})", anchor(name))),
    };
    key.entry(&kind, |rule| {
        let (id, name) = (rule.id, rule.name);
        format!("[{id} `{name}`](rules.md#{}-{name})", id.to_lowercase())
    })
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
