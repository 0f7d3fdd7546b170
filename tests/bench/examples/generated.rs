//! A generated deployment, with the command line of any other: `SERVICES=1000 HOSTS=50` say its size.

#![expect(clippy::expect_used, reason = "a size that is none is its caller's mistake")]

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    let size = |name, usual| match env::var(name) {
        Ok(number) => number.parse().expect("a whole number"),
        Err(_) => usual,
    };
    omni::cli::main(omni_bench::deployment(size("SERVICES", 100), size("HOSTS", 1)))
}
