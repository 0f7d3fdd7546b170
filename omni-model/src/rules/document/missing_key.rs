use crate::{
    diagnostic::Severity,
    rules::{Definition, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "every key that has no default is given",
    scope: Scope::Document,
};
