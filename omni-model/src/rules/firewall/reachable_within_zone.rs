use super::reachable_but_undeclared::undeclared;
use crate::{
    diagnostic::Severity,
    rules::{Definition, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "within a zone, only declared flows reach a service",
    scope: Scope::EachOption(|rule, facts| undeclared(rule, facts, true)),
};
