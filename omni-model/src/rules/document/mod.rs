//! **D**: what is wrong with a document before it is a deployment. The readers of documents find it.

use crate::{
    diagnostic::Severity,
    rules::{Check, Rule},
};

/// A text that is no document.
pub static SYNTAX: Rule =
    rule("D001", "syntax", "a document is made of maps, lists and values", include_str!("syntax.md"));

/// A key that means nothing where it stands.
pub static UNKNOWN_KEY: Rule = rule(
    "D002",
    "unknown-key",
    "every key is one that is known where it stands",
    include_str!("unknown_key.md"),
);

/// A key that has to be there.
pub static MISSING_KEY: Rule =
    rule("D003", "missing-key", "every key that has no default is there", include_str!("missing_key.md"));

/// A key that its map has twice.
pub static DUPLICATE_KEY: Rule =
    rule("D004", "duplicate-key", "a map has each of its keys once", include_str!("duplicate_key.md"));

/// A value that is not of the kind that its key wants.
pub static WRONG_VALUE: Rule = rule(
    "D005",
    "wrong-value",
    "every value is of the kind that its key wants",
    include_str!("wrong_value.md"),
);

/// The rules about documents.
pub static ALL: &[&Rule] = &[&SYNTAX, &UNKNOWN_KEY, &MISSING_KEY, &DUPLICATE_KEY, &WRONG_VALUE];

/// A deployment has been a document, and none of these finds anything in it.
const fn rule(id: &'static str, name: &'static str, summary: &'static str, docs: &'static str) -> Rule {
    Rule { id, name, severity: Severity::Error, summary, docs, check: Check::Elsewhere }
}
