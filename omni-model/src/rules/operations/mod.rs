//! **O**: what the deployment promises, somebody looks after.

mod unwatched;

pub(super) use unwatched::RULE as UNWATCHED;
