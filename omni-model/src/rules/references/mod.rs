//! **R**: what names stand for.

mod ambiguous;
mod namespace;
mod unresolved;

pub(super) use ambiguous::RULE as AMBIGUOUS;
pub(super) use namespace::RULE as NAMESPACE;
pub(super) use unresolved::{RULE as UNRESOLVED, templates};
