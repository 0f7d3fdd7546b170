//! The tests that see the whole. README.md beside this file says what each is for.

mod cli;
mod doors;
mod examples;
mod plan;
mod snapshots;
