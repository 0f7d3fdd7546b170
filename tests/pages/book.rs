//! The rule book, `docs/rules.md`: the pages of all rules.

use std::fmt::Write;

use omni_model::rules::{FAMILIES, REMOVED};

use crate::{BASE, page};

const PREFACE: &str = "\
<!-- Written from the rules' own pages by `OMNI_BLESS=1 cargo test -p omni-pages`. Do not edit. -->

# The rules

Omni checks every deployment against all of these rules: at compile time, in `build.rs` and on the command line. An **error** means that
an emitted file would be rejected, or that a promise of the deployment is broken. A **warning** is a hazard. A deployment may accept it,
by rule and place, with a reason. `omni explain ID` shows a page of this book.

Each example is a [JSON Merge Patch](https://www.rfc-editor.org/rfc/rfc7396) over the deployment at the end: it adds or replaces
what it names, and removes what it sets to `null`. Tests run all of them.
";

/// Returns the book, with the actual reports of the examples.
pub fn book() -> String {
    let mut book = PREFACE.to_owned();
    let mut pages = String::new();
    for family in FAMILIES {
        let letter = family.rules.first().map(|rule| &rule.id[..1]).expect("a family has rules");
        write!(book, "\n## {letter}: {}\n\n| rule | | |\n|---|---|---|\n", family.title).expect("a text");
        for rule in family.rules {
            let (id, name) = (rule.id, rule.name);
            let anchor = format!("{}-{name}", id.to_lowercase());
            writeln!(book, "| [{id} `{name}`](#{anchor}) | {} | {} |", rule.severity, rule.summary)
                .expect("a text");
            let page = page(rule).replace("## ", "#### ");
            write!(pages, "\n### {id} {name}\n\n{}\n", page.trim_end()).expect("a text");
        }
    }
    book += "\n## Removed\n\nNo rule gets one of these ids again.\n\n| id | since | why |\n|---|---|---|\n";
    for old in REMOVED {
        writeln!(book, "| {} | {} | {} |", old.id, old.release, old.why).expect("a text");
    }
    let base = BASE.trim_end();
    format!("{book}\n## The pages\n{pages}\n## The deployment of the examples\n\n```yaml\n{base}\n```\n")
}
