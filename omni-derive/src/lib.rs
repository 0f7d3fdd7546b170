//! The `deployment!` macro.
