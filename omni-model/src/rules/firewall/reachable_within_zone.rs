use super::reachable_but_undeclared::undeclared;
use crate::{
    diagnostic::Severity,
    rules::{Definition, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "nothing is reachable from its own zone that no flow declares",
    scope: Scope::EachOption(|rule, scenario| undeclared(rule, scenario, true)),
};
