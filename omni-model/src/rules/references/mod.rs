//! **R**: what names stand for.

mod ambiguous;
mod unresolved;

pub(super) use ambiguous::RULE as AMBIGUOUS;
pub(super) use unresolved::{RULE as UNRESOLVED, templates};
