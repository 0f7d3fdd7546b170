//! The pages of the rules are their fixtures: each example is run, and gives what the page says.

use std::{
    fs,
    path::{Path, PathBuf},
};

use omni_model::rules;

use crate::{BLESS, bad_examples, book, judge, page, pages, shown};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a file with what it should be, or writes it.
fn is_as(file: &Path, text: &str) {
    if fs::read_to_string(file).unwrap_or_default() == text {
        return;
    }
    assert!(
        std::env::var_os(BLESS).is_some(),
        "{} is stale: run {BLESS}=1 cargo test -p omni-pages",
        file.display()
    );
    fs::write(file, text).expect("the file is written");
}

#[test]
fn the_base_is_without_a_fault() {
    assert_eq!(shown(&judge("{}")), "");
}

#[test]
fn each_page_has_its_sections() {
    for (rule, page) in pages() {
        let expected = ["What it checks", "Why it matters", "Bad", "Good", "Source"];
        let headings: Vec<_> = page.0.iter().map(|(heading, _)| *heading).collect();
        assert_eq!(headings, expected, "{}", rule.id);
        assert!(page.0.iter().all(|(_, text)| !text.trim().is_empty()), "{} has an empty section", rule.id);
        let (examples, reports) = (page.blocks("Bad", "yaml"), page.blocks("Bad", "text"));
        assert_eq!(examples.len(), reports.len(), "{}: each bad example stands before its report", rule.id);
        assert!(!examples.is_empty(), "{} has no bad example", rule.id);
    }
}

#[test]
fn each_bad_example_is_found_by_its_rule_alone() {
    for example in bad_examples() {
        let found = judge(example.patch);
        let others = found.findings.iter().filter(|finding| finding.rule != example.rule.id).count();
        assert_eq!(others, 0, "{}:\n{}", example.name(), shown(&found));
        assert!(!found.findings.is_empty(), "{} finds nothing in\n{}", example.rule.id, example.patch);
    }
}

#[test]
fn each_good_example_gives_nothing() {
    for (rule, page) in pages() {
        let examples = page.blocks("Good", "yaml");
        assert!(!examples.is_empty(), "{} has no good example", rule.id);
        for example in examples {
            assert_eq!(shown(&judge(example)), "", "{}:\n{example}", rule.id);
        }
    }
}

/// The files of the pages, each with the text that was compiled.
fn files() -> Vec<(PathBuf, String)> {
    let families = fs::read_dir(root().join("omni-model/src/rules")).expect("the rules");
    let files = families
        .filter_map(|family| fs::read_dir(family.ok()?.path()).ok())
        .flatten()
        .filter_map(|file| Some(file.ok()?.path()));
    let pages = files.filter(|file| file.extension().is_some_and(|end| end == "md"));
    pages.map(|file| (file.clone(), fs::read_to_string(file).expect("a page"))).collect()
}

#[test]
fn each_page_has_the_reports_of_its_examples() {
    let files = files();
    for rule in rules::all() {
        let file = files.iter().find(|(_, text)| text == rule.docs);
        let (file, _) = file.unwrap_or_else(|| panic!("{} has no page", rule.id));
        is_as(file, &page(rule));
    }
}

#[test]
fn the_book_is_as_the_pages_are() {
    is_as(&root().join("docs/rules.md"), &book());
}

#[test]
fn every_rule_has_a_family() {
    for rule in rules::all() {
        let letters = book::FAMILIES.iter().map(|(letter, _)| *letter);
        assert!(letters.into_iter().any(|letter| rule.id.starts_with(letter)), "{}", rule.id);
    }
}
