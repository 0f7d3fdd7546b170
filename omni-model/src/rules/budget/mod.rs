//! **B**: who asks how much of what there is.

mod ram;
mod vram;

pub(super) use ram::RULE as RAM;
pub(super) use vram::RULE as VRAM;

use crate::{
    budget::{self, Ledger, Running},
    deployment::{Deployment, Service},
    names::ServiceName,
};

/// The ledger of what runs when nothing has failed, and, if another combination of services asks for more, of the one that
/// asks the most; with the standbys that run in it.
fn ledgers<'a>(
    deployment: &'a Deployment,
    demand: impl Fn(&'a ServiceName, &'a Service) -> u64,
    ledger: impl Fn(&Running<'a>) -> Ledger,
) -> Vec<(Vec<&'a ServiceName>, Ledger)> {
    let (active, worst) = (budget::active(deployment), budget::worst(deployment, demand));
    let standbys: Vec<_> = worst.difference(&active).copied().collect();
    let mut ledgers = vec![(Vec::new(), ledger(&active))];
    if !standbys.is_empty() {
        ledgers.push((standbys, ledger(&worst)));
    }
    ledgers
}

/// When a combination runs, for a message: nothing if that is always.
fn when(standbys: &[&ServiceName]) -> String {
    match standbys {
        [] => String::new(),
        names => format!(" when {} stands in", crate::suggest::list(names.iter().map(|name| name.as_str()))),
    }
}
