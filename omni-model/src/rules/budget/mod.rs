//! **B**: who asks how much of what there is.

mod ram;
mod vram;

pub(super) use ram::RULE as RAM;
pub(super) use vram::RULE as VRAM;

use crate::names::ServiceName;

/// When a combination runs, for a message: nothing if that is always.
fn when(standbys: &[&ServiceName]) -> String {
    match standbys {
        [] => String::new(),
        names => format!(" when {} stands in", crate::suggest::list(names.iter().map(|name| name.as_str()))),
    }
}
