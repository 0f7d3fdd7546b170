//! The pages of the rules are their fixtures: the tests run each example and compare the result with the page.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use omni_model::{Diagnostic, ModelPath, rules};
use serde_norway::{Mapping, Value};

use crate::{
    BLESS, bad_examples, book, document, fix, judge, judge_document, page, pages, patch::over_base, shown,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a file with its expected text, or writes it.
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

#[test]
fn each_page_has_the_reports_of_its_examples() {
    for family in rules::FAMILIES {
        for rule in family.rules {
            let file = format!("omni-model/src/rules/{}/{}.md", family.name, rule.name.replace('-', "_"));
            is_as(&root().join(file), &page(rule));
        }
    }
}

#[test]
fn the_book_is_as_the_pages_are() {
    is_as(&root().join("docs/rules.md"), &book());
}

/// Returns every path in a finding: its own, the related ones and those of its ledger entries.
fn places(finding: &Diagnostic) -> impl Iterator<Item = &ModelPath> {
    let entries = finding.ledger.iter().flat_map(|ledger| &ledger.entries).map(|entry| &entry.path);
    let related = finding.related.iter().map(|related| &related.path);
    [&finding.path].into_iter().chain(related).chain(entries)
}

#[test]
fn each_place_that_a_finding_names_stands_in_its_document() {
    let mut astray = Vec::new();
    for example in bad_examples() {
        let document = document(&over_base(example.patch));
        for finding in judge_document(&document).findings {
            let missing = places(&finding).filter(|path| !document.has(path));
            astray.extend(missing.map(|path| format!("{}: {path}", example.name())));
        }
    }
    assert!(astray.is_empty(), "{}", astray.join("\n"));
}

/// Programs read the numbers and names of a finding as values. They do not have to parse the sentence.
#[test]
fn each_finding_carries_the_values_of_its_sentence() {
    let mut missing = Vec::new();
    for example in bad_examples() {
        let names = names(&over_base(example.patch));
        for finding in judge(example.patch).findings {
            let values = finding.values.values().map(|value| value.to_string()).collect::<Vec<_>>().join(" ");
            let quoted = finding.message.split('`').skip(1).step_by(2).filter(|it| names.contains(*it));
            let plain: String = finding.message.split('`').step_by(2).collect();
            // A size that the sentence rounds, "about 31.04 GiB", is exact among the values.
            let plain = plain.split("about ").enumerate().map(|(i, part)| match part.split_once(' ') {
                Some((_rounded, rest)) if i > 0 => rest,
                _ => part,
            });
            let plain = plain.collect::<Vec<_>>().join(" ");
            let numbers = plain.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '/');
            let numbers = numbers.filter(|it| it.starts_with(|c: char| c.is_ascii_digit()));
            let all = quoted.chain(numbers.map(|it| it.trim_end_matches('.')));
            let absent = all.filter(|it| !values.contains(*it)).collect::<Vec<_>>();
            if !absent.is_empty() {
                missing.push(format!("{}: {absent:?} of {:?} in {values}", example.name(), finding.message));
            }
        }
    }
    assert!(missing.is_empty(), "{} findings\n{}", missing.len(), missing.join("\n"));
}

/// Returns the keys of a document that its author chose: the keys of its maps, and the texts that refer to them.
fn names(document: &Value) -> HashSet<String> {
    let mut names = HashSet::new();
    for map in ["hosts", "services", "zones", "models", "apis", "secrets", "stacks", "options"] {
        let keys = document.get(map).and_then(Value::as_mapping).into_iter().flat_map(Mapping::keys);
        names.extend(keys.filter_map(Value::as_str).map(str::to_owned));
    }
    names
}

#[test]
fn each_fix_removes_its_finding() {
    let mut fixes = 0;
    for example in bad_examples() {
        let before = over_base(example.patch);
        for finding in judge(example.patch).findings {
            let Some(change) = &finding.fix else { continue };
            fixes += 1;
            let mut after = before.clone();
            fix::apply(&mut after, change);
            let left = judge_document(&document(&after)).findings;
            let same = left.iter().find(|it| (it.rule, &it.path) == (finding.rule, &finding.path));
            assert!(same.is_none(), "{}: {change:?} leaves\n{}", example.name(), same.unwrap());
            let worse = left.iter().find(|it| it.rule.starts_with('D') || it.rule.starts_with('R'));
            assert!(worse.is_none(), "{}: {change:?} brings\n{}", example.name(), worse.unwrap());
        }
    }
    assert!(fixes > 0);
}
