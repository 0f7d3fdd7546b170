//! The rule book, `docs/rules.md`: every rule's page, written from the registry.

use std::fmt::Write;

use omni_model::rules::all;

use crate::{BASE, page};

/// The families, in the order of the book.
pub(crate) const FAMILIES: [(char, &str); 11] = [
    ('D', "The document"),
    ('R', "Names"),
    ('B', "Budgets"),
    ('K', "The kernel and the host"),
    ('N', "The network"),
    ('F', "The firewalls: who can reach whom"),
    ('W', "How services run"),
    ('M', "Monitoring"),
    ('S', "The supply chain, and secrets"),
    ('O', "Operations"),
    ('A', "What is accepted"),
];

const PREFACE: &str = "\
<!-- Written from the rules' own pages by `OMNI_BLESS=1 cargo test -p omni-pages`. Do not edit. -->

# The rules

Every deployment is judged by all of these, at compile time, in `build.rs` and on the command line alike. An **error** is what
would be refused, or would break a promise of the deployment. A **warning** is a hazard; a deployment may accept it, by rule and
place, with a reason. `omni explain ID` shows a page of this book.

Each example is a [JSON Merge Patch](https://www.rfc-editor.org/rfc/rfc7396) over the deployment at the end: what it names is added
or replaced, and what it calls `null` is taken out. Tests run each of them.
";

/// The book, with the reports that the examples have.
pub fn book() -> String {
    let mut book = PREFACE.to_owned();
    let mut pages = String::new();
    for (letter, title) in FAMILIES {
        let family = all().filter(|rule| rule.id.starts_with(letter));
        write!(book, "\n## {letter}: {title}\n\n| rule | | |\n|---|---|---|\n").expect("a text");
        for rule in family {
            let (id, name) = (rule.id, rule.name);
            let anchor = format!("{}-{name}", id.to_lowercase());
            writeln!(book, "| [{id} `{name}`](#{anchor}) | {} | {} |", rule.severity, rule.summary)
                .expect("a text");
            let page = page(rule).replace("## ", "#### ");
            write!(pages, "\n### {id} {name}\n\n{}\n", page.trim_end()).expect("a text");
        }
    }
    let base = BASE.trim_end();
    format!("{book}\n## The pages\n{pages}\n## The deployment of the examples\n\n```yaml\n{base}\n```\n")
}
