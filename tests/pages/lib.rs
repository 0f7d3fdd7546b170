//! The pages of the rules: their examples as whole documents, in both forms, and what is found in them.
//!
//! An example on a page is a JSON Merge Patch over [`BASE`]. Each test that needs documents with known faults takes them from here:
//! nothing of them is kept in a file.

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

/// The deployment that the examples are laid over.
pub const BASE: &str = include_str!("base.yaml");

/// Set it, and the tests write anew what they compare.
pub const BLESS: &str = "OMNI_BLESS";

/// The day on which the examples are judged.
pub const TODAY: &str = "2026-12-01";

/// An example of a page.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The rule whose page it is on.
    pub rule: &'static Rule,
    /// Which of the page's bad examples it is, from 1.
    pub number: usize,
    /// The patch, as it stands on the page.
    pub patch: &'static str,
    /// What the page says is found in it.
    report: &'static str,
}

impl Example {
    /// How it is called among all: `B002-1`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.rule.id, self.number)
    }

    /// The whole document in YAML.
    pub fn yaml(&self) -> String {
        serde_norway::to_string(&patch::over_base(self.patch)).expect("a document is YAML")
    }

    /// The whole document as a program that invokes the macro. The macro knows no day, so that it finds nothing for A002.
    pub fn rust(&self) -> Option<String> {
        (self.rule.id != "A002").then(|| {
            let document = patch::node(&patch::over_base(self.patch), &mut Places::default());
            format!("#![deny(warnings)]\n\n{}\n{MAIN}", document.to_rust("laboratory"))
        })
    }

    /// What is found in it, each as `RULE at PATH`, sorted.
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

/// However wrong the document is, what stands around it finds what it needs.
const MAIN: &str = "fn main() {
    assert!(laboratory().services.contains_key(laboratory::services::AGENT));
}
";

/// Every bad example of every page.
pub fn bad_examples() -> impl Iterator<Item = Example> {
    pages().flat_map(|(rule, page)| {
        let (patches, reports) = (page.blocks("Bad", "yaml"), page.blocks("Bad", "text"));
        let both = patches.into_iter().zip(reports).enumerate();
        both.map(move |(at, (patch, report))| Example { rule, number: at + 1, patch, report })
    })
}

/// A page's sections: heading and text.
struct Page(Vec<(&'static str, &'static str)>);

impl Page {
    /// The blocks of a section in a language.
    fn blocks(&self, heading: &str, language: &str) -> Vec<&'static str> {
        let sections = self.0.iter().filter(|(it, _)| *it == heading);
        sections.flat_map(|(_, text)| blocks(text, language)).collect()
    }
}

fn pages() -> impl Iterator<Item = (&'static Rule, Page)> {
    // A patch cannot say what is no document, or has a key twice.
    rules::all().filter(|rule| !matches!(rule.id, "D001" | "D004")).map(|rule| {
        let parts = rule.docs.split("## ").skip(1);
        (rule, Page(parts.map(|part| part.split_once('\n').expect("a heading has a text")).collect()))
    })
}

/// The fenced blocks of a section in a language.
fn blocks(text: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let parts = text.split(fence.as_str()).skip(1);
    parts.map(|part| part.split("```").next().expect("a fence is closed")).collect()
}

/// Everything that is found in the base with a patch over it.
fn judge(patch: &str) -> Report {
    judge_document(&document(&patch::over_base(patch)))
}

/// A document as its readers give it.
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

/// The findings as the pages show them.
fn shown(report: &Report) -> String {
    let findings = report.findings.iter().map(|finding| format!("{finding}\n  --> {}\n", finding.path));
    findings.collect::<Vec<_>>().join("\n")
}

/// A rule's page with the reports that its examples have.
fn page(rule: &Rule) -> String {
    let examples = bad_examples().filter(|example| example.rule.id == rule.id);
    examples.fold(rule.docs.to_owned(), |page, Example { patch, report, .. }| {
        let beside = |report: &str| format!("{patch}```\n\n```text\n{report}```");
        page.replace(&beside(report), &beside(&shown(&judge(patch))))
    })
}
