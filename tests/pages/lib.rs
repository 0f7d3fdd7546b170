//! The pages of the rules: their examples as whole documents, in YAML and in Rust, and the findings in them.
//!
//! An example on a page is a JSON Merge Patch over [`BASE`]. Tests that need documents with known faults take them from here.
//! No such document is kept in a file.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

mod book;
#[cfg(test)]
mod fix;
mod patch;
#[cfg(test)]
mod tests;

use omni_model::{
    Context, Diagnostic, Report, check,
    document::{Document, Places},
    rules::{self, Rule},
};

pub use book::book;

/// The deployment that the examples are patches over.
pub const BASE: &str = include_str!("base.yaml");

/// The name of the environment variable that makes the tests rewrite the files that they compare.
pub const BLESS: &str = "OMNI_BLESS";

/// The date on which the examples are judged.
pub const TODAY: &str = "2026-12-01";

/// An example of a page.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The rule of the page.
    pub rule: &'static Rule,
    /// The number of the example among the page's bad examples, from 1.
    pub number: usize,
    /// The patch, as written on the page.
    pub patch: &'static str,
    /// The report, as written on the page.
    report: &'static str,
}

impl Example {
    /// Returns a unique name for the example: `B002-1`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.rule.id, self.number)
    }

    /// Returns the whole document in YAML.
    pub fn yaml(&self) -> String {
        serde_norway::to_string(&patch::over_base(self.patch)).expect("a document is YAML")
    }

    /// Returns the whole document as a program that calls the macro. The macro does not know the date, so it finds nothing for
    /// A002.
    pub fn rust(&self) -> Option<String> {
        (self.rule.id != "A002").then(|| {
            let document = patch::node(&patch::over_base(self.patch), &mut Places::default());
            format!("#![deny(warnings)]\n\n{}\n{MAIN}", document.to_rust("laboratory"))
        })
    }

    /// Returns the findings as `RULE at PATH`, sorted.
    pub fn findings(&self) -> Vec<String> {
        let mut lines: Vec<_> = judge(self.patch)
            .findings
            .iter()
            .map(|Diagnostic { rule, path, .. }| format!("{rule} at {path}"))
            .collect();
        lines.sort_unstable();
        lines
    }
}

/// The code after the macro call. It compiles even if the document is wrong.
const MAIN: &str = "fn main() {
    assert!(laboratory().services.contains_key(laboratory::services::AGENT));
}
";

/// Returns every bad example of every page.
pub fn bad_examples() -> impl Iterator<Item = Example> {
    pages().flat_map(|(rule, page)| {
        let (patches, reports) = (page.blocks("Bad", "yaml"), page.blocks("Bad", "text"));
        let both = patches.into_iter().zip(reports).enumerate();
        both.map(move |(at, (patch, report))| Example { rule, number: at + 1, patch, report })
    })
}

/// The sections of a page: heading and text.
struct Page(Vec<(&'static str, &'static str)>);

impl Page {
    /// Returns the code blocks of a section in a language.
    fn blocks(&self, heading: &str, language: &str) -> Vec<&'static str> {
        let sections = self.0.iter().filter(|(it, _)| *it == heading);
        sections.flat_map(|(_, text)| blocks(text, language)).collect()
    }
}

fn pages() -> impl Iterator<Item = (&'static Rule, Page)> {
    // A patch cannot describe a text that is not a document, or a document with a duplicate key.
    rules::all().filter(|rule| !matches!(rule.id, "D001" | "D004")).map(|rule| {
        let parts = rule.docs.split("## ").skip(1);
        (rule, Page(parts.map(|part| part.split_once('\n').expect("a heading has a text")).collect()))
    })
}

/// Returns the fenced code blocks of a text in a language.
fn blocks(text: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let parts = text.split(fence.as_str()).skip(1);
    parts.map(|part| part.split("```").next().expect("a fence is closed")).collect()
}

/// Returns the findings in the base deployment with a patch applied.
fn judge(patch: &str) -> Report {
    judge_document(&document(&patch::over_base(patch)))
}

/// Returns a document as the document readers return it.
fn document(value: &serde_norway::Value) -> Document {
    let mut places = Places::default();
    let root = patch::node(value, &mut places);
    Document { file: "base.yaml".to_owned(), places, root }
}

fn judge_document(document: &Document) -> Report {
    match document.read().map(|deployment| check(deployment, &Context { today: TODAY.parse().ok() })) {
        Ok(Ok(checked)) => checked.warnings().clone(),
        Ok(Err(report)) => report,
        Err(errors) => {
            let findings = errors.into_iter().map(|error| error.finding).collect();
            Report { findings, ..Report::default() }
        }
    }
}

/// Returns the findings as the pages show them.
fn shown(report: &Report) -> String {
    let findings = report.findings.iter().map(|finding| format!("{finding}\n  --> {}\n", finding.path));
    findings.collect::<Vec<_>>().join("\n")
}

/// Returns the page of a rule, with the actual reports of its examples.
fn page(rule: &Rule) -> String {
    let examples = bad_examples().filter(|example| example.rule.id == rule.id);
    examples.fold(rule.docs.to_owned(), |page, Example { patch, report, .. }| {
        let beside = |report: &str| format!("{patch}```\n\n```text\n{report}```");
        page.replace(&beside(report), &beside(&shown(&judge(patch))))
    })
}
