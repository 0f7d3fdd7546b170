//! The tests that need the whole workspace. The README.md in this folder describes the purpose of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod arbitrary;
mod cli;
mod dependencies;
mod doors;
mod examples;
mod fields;
mod floors;
mod hostile;
mod leaves;
mod links;
mod mutants;
mod plan;
mod reach;
mod review;
mod round_trip;
mod schema;
mod skeleton;
mod snapshots;
mod structure;
mod terminal;
