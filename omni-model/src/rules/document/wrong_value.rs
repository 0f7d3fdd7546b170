use crate::{
    diagnostic::Severity,
    rules::{Definition, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "every value is of the type that its key takes",
    scope: Scope::Document,
};
