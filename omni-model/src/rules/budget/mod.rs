//! **B**: who asks how much of what there is.

mod allocatable;
mod disk;
mod eviction;
mod gpu;
mod group;
mod limit;
mod limits;
mod model;
mod node;
mod processors;
mod ram;
mod reserve;
mod root;
mod root_unknown;
mod standby;
mod vram;

pub(super) use allocatable::RULE as ALLOCATABLE;
pub(super) use disk::RULE as DISK;
pub(super) use eviction::RULE as EVICTION;
pub(super) use gpu::RULE as GPU;
pub(super) use group::RULE as GROUP;
pub(super) use limit::RULE as LIMIT;
pub(super) use limits::RULE as LIMITS;
pub(super) use model::RULE as MODEL;
pub(super) use node::RULE as NODE;
pub(super) use processors::RULE as PROCESSORS;
pub(super) use ram::RULE as RAM;
pub(super) use reserve::RULE as RESERVE;
pub(super) use root::RULE as ROOT;
pub(super) use root_unknown::RULE as ROOT_UNKNOWN;
pub(super) use standby::RULE as STANDBY;
pub(super) use vram::RULE as VRAM;

use crate::names::ServiceName;

/// When a combination runs, for a message: nothing if that is always.
fn when(standbys: &[&ServiceName]) -> String {
    match standbys {
        [] => String::new(),
        [name] => format!(" when `{name}` stands in"),
        names => format!(" when {} stand in", crate::suggest::list(names.iter().map(|name| name.as_str()))),
    }
}
