use crate::{
    diagnostic::Severity,
    rules::{Definition, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a document consists of maps, lists and values",
    scope: Scope::Document,
};
