//! The pages of the rules are their fixtures: each example is run, and gives what the page says.

use std::{collections::BTreeMap, fs, path::Path};

use serde_norway::{Mapping, Value};

use super::{Rule, all};
use crate::{
    Context, check,
    diagnostic::{Diagnostic, Report},
    document::{Document, Entry, Node, Places, Span, Value as Tree},
};

const BASE: &str = include_str!("base.yaml");

/// Set it, and the reports in the pages are written anew.
pub(crate) const BLESS: &str = "OMNI_BLESS";

/// Lays a JSON Merge Patch (RFC 7396) over a document.
fn merge(base: &mut Value, patch: Value) {
    match (base, patch) {
        (Value::Mapping(base), Value::Mapping(patch)) => {
            for (key, patch) in patch {
                if patch.is_null() {
                    base.shift_remove(&key);
                } else {
                    merge(base.entry(key).or_insert(Value::Mapping(Mapping::new())), patch);
                }
            }
        }
        (base, patch) => *base = patch,
    }
}

fn node(value: &Value, places: &mut Places) -> Node {
    let span = places.add(Default::default());
    let value = match value {
        Value::Null => Tree::Null,
        Value::Bool(value) => Tree::Scalar(value.to_string()),
        Value::Number(value) => Tree::Scalar(value.to_string()),
        Value::String(value) => Tree::Scalar(value.clone()),
        Value::Sequence(items) => Tree::Seq(items.iter().map(|item| node(item, places)).collect()),
        Value::Mapping(map) => Tree::Map(map.iter().map(|(key, value)| entry(key, value, places)).collect()),
        Value::Tagged(_) => panic!("a tag"),
    };
    Node { value, span }
}

fn entry(key: &Value, value: &Value, places: &mut Places) -> Entry {
    let key_span: Span = places.add(Default::default());
    Entry { key: key.as_str().expect("a key is a text").to_owned(), key_span, node: node(value, places) }
}

/// The base with a patch over it.
fn patched(patch: &str) -> Value {
    let mut whole = serde_norway::from_str(BASE).expect("the base is YAML");
    merge(&mut whole, serde_norway::from_str(patch).unwrap_or_else(|error| panic!("{error} in\n{patch}")));
    whole
}

/// Everything that is found in the base with a patch over it.
pub(super) fn judge(patch: &str) -> Report {
    let today = "2026-12-01".parse().ok();
    let mut places = Places::default();
    let root = node(&patched(patch), &mut places);
    let document = Document { file: "base.yaml".to_owned(), places, root };
    match document.read().map(|deployment| check(deployment, &Context { today })) {
        Ok(Ok(checked)) => checked.warnings().clone(),
        Ok(Err(report)) => report,
        Err(errors) => {
            let findings = errors.into_iter().map(|error| error.finding).collect();
            Report { findings, ..Report::default() }
        }
    }
}

/// The findings as the pages show them.
fn shown(report: &Report) -> String {
    let findings = report.findings.iter().map(|finding| format!("{finding}\n  --> {}\n", finding.path));
    findings.collect::<Vec<_>>().join("\n")
}

/// The sections of a page: heading and text.
fn sections(page: &str) -> Vec<(&str, &str)> {
    let parts = page.split("## ").skip(1);
    parts.map(|part| part.split_once('\n').expect("a heading has a text")).collect()
}

/// The fenced blocks of a section in a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let parts = text.split(fence.as_str()).skip(1);
    parts.map(|part| part.split("```").next().expect("a fence is closed")).collect()
}

fn pages() -> impl Iterator<Item = (&'static Rule, Vec<(&'static str, &'static str)>)> {
    // What is no document, or has a key twice, no patch over a document can say.
    all().filter(|rule| !matches!(rule.id, "D001" | "D004")).map(|rule| (rule, sections(rule.docs)))
}

#[test]
fn the_base_is_without_a_fault() {
    assert_eq!(shown(&judge("{}")), "");
}

#[test]
fn each_page_has_its_sections() {
    for (rule, sections) in pages() {
        let headings: Vec<_> = sections.iter().map(|(heading, _)| *heading).collect();
        let expected = ["What it checks", "Why it matters", "Bad", "Good", "Source"];
        assert_eq!(headings, expected, "{}", rule.id);
        assert!(sections.iter().all(|(_, text)| !text.trim().is_empty()), "{} has an empty section", rule.id);
    }
}

#[test]
fn each_bad_example_gives_the_report_beside_it() {
    for (rule, sections) in pages() {
        let bad = sections[2].1;
        let (examples, reports) = (blocks(bad, "yaml"), blocks(bad, "text"));
        assert_eq!(examples.len(), reports.len(), "{}: each bad example stands before its report", rule.id);
        assert!(!examples.is_empty(), "{} has no bad example", rule.id);
        for (example, report) in examples.iter().zip(&reports) {
            let found = judge(example);
            let others = found.findings.iter().filter(|finding| finding.rule != rule.id).count();
            assert_eq!(others, 0, "{}:\n{example}\n{}", rule.id, shown(&found));
            assert!(!found.findings.is_empty(), "{} finds nothing in\n{example}", rule.id);
            if std::env::var_os(BLESS).is_some() {
                bless(rule, example, report, &shown(&found));
            } else {
                assert_eq!(shown(&found), *report, "{}; with {BLESS}=1 it is written anew", rule.id);
            }
        }
    }
}

#[test]
fn each_good_example_gives_nothing() {
    for (rule, sections) in pages() {
        let examples = blocks(sections[3].1, "yaml");
        assert!(!examples.is_empty(), "{} has no good example", rule.id);
        for example in examples {
            assert_eq!(shown(&judge(example)), "", "{}:\n{example}", rule.id);
        }
    }
}

/// The macro and the command line judge the same examples: as files they stand where the compiler's answers do, and
/// begin with what is found in them.
#[test]
fn each_bad_example_stands_among_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/compile-fail/rules");
    let mut expected = BTreeMap::new();
    for (rule, sections) in pages() {
        for (i, example) in blocks(sections[2].1, "yaml").into_iter().enumerate() {
            let whole = patched(example);
            let name = format!("{}-{}", rule.id, i + 1);
            let found = judge(example).findings;
            let head = |mark: &str| -> String {
                found
                    .iter()
                    .map(|Diagnostic { rule, path, .. }| format!("{mark} {rule} at {path}\n"))
                    .collect()
            };
            let yaml = serde_norway::to_string(&whole).expect("a document is YAML");
            expected.insert(format!("{name}.yaml"), head("#") + &yaml);
            // The macro knows no day.
            if rule.id != "A002" {
                let source = node(&whole, &mut Places::default()).to_rust("laboratory");
                let text = format!("{}#![deny(warnings)]\n\n{source}\n{FIXTURE_MAIN}", head("//!"));
                expected.insert(format!("{name}.rs"), text);
            }
        }
    }
    let is_blessed = std::env::var_os(BLESS).is_some();
    for file in fs::read_dir(&folder).expect("the fixtures").filter_map(Result::ok) {
        // The compiler's answer to `X.rs` is `X.stderr`.
        let name = file.file_name().to_string_lossy().replace(".stderr", ".rs");
        let is_stale = !expected.contains_key(&name);
        if is_stale && is_blessed {
            fs::remove_file(file.path()).expect("the fixture is removed");
        }
        assert!(!is_stale || is_blessed, "{name} has no page any more; with {BLESS}=1 it goes");
    }
    for (name, text) in &expected {
        if is_blessed {
            fs::write(folder.join(name), text).expect("the fixture is written");
        }
        let found = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(found == *text, "{name} is not as its page; with {BLESS}=1 it is written anew");
    }
}

/// However wrong the document is, what stands around it finds what it needs.
const FIXTURE_MAIN: &str = "fn main() {
    assert!(laboratory().services.contains_key(laboratory::services::AGENT));
}
";

#[test]
fn ids_and_names_are_unique() {
    let mut ids: Vec<_> = all().flat_map(|rule| [rule.id, rule.name]).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// Writes a report into the page that holds it.
fn bless(rule: &Rule, example: &str, old: &str, new: &str) {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    for family in fs::read_dir(pages).expect("the rules").filter_map(Result::ok) {
        for file in fs::read_dir(family.path()).into_iter().flatten().filter_map(Result::ok) {
            let text = fs::read_to_string(file.path()).unwrap_or_default();
            let line = |report: &str| format!("{example}```\n\n```text\n{report}```");
            if text.contains(&line(old)) && rule.docs.lines().nth(2) == text.lines().nth(2) {
                fs::write(file.path(), text.replace(&line(old), &line(new))).expect("the page is written");
            }
        }
    }
}
