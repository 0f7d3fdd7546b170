//! F011

use super::exposed::undeclared;
use crate::{
    diagnostic::Severity,
    rules::{Check, Rule},
};

/// What is not declared does not come about, among neighbours either.
pub(crate) static RULE: Rule = Rule {
    id: "F011",
    name: "reachable-within-zone",
    severity: Severity::Warning,
    summary: "nothing is reachable from its own zone that no flow declares",
    docs: include_str!("neighbour.md"),
    check: Check::EachOption(|rule, scenario| undeclared(rule, scenario, true)),
};
