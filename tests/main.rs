//! The tests that see the whole. README.md beside this file says what each is for.

mod doors;
mod examples;
mod snapshots;
