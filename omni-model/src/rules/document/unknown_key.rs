use crate::{
    diagnostic::Severity,
    rules::{Definition, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "every key is known where it stands",
    scope: Scope::Document,
};
