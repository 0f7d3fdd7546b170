use crate::{
    diagnostic::Severity,
    rules::{Definition, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a map has each of its keys once",
    scope: Scope::Document,
};
