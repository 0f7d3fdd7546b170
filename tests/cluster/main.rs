//! The cluster tier: what is emitted for Kubernetes, on a real cluster of one node that stands in namespaces of its own.
//!
//! `cargo test -p omni-cluster-tier` as root. The machine's own network, control groups and folders are not touched: all of it
//! happens in namespaces that end with their first process, however that ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    io,
    path::Path,
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use serde_json::json;

use crate::{node::Node, tally::Tally};

mod bundle;
mod cluster;
mod life;
mod manifests;
mod node;
mod scaled;
mod tally;

/// The control group of the pods, so that what they leave behind can be found.
const GROUP: &str = "omni-cluster";

/// Where everything is kept that is written: a file system in memory, which only the tier sees.
const FOLDER: &str = "/mnt";

fn main() -> ExitCode {
    let (arguments, is_inside) = omni_testbed::command_line();
    let result = if is_inside { inside(Path::new(&arguments[0])) } else { outside(arguments) };
    result.unwrap_or_else(|error| {
        eprintln!("cluster: {error}");
        ExitCode::FAILURE
    })
}

/// Builds Kubernetes, once, and goes on in namespaces of its own.
fn outside(mut arguments: Vec<String>) -> io::Result<ExitCode> {
    if arguments.is_empty() {
        let built = Command::new(here().join("kubernetes")).stderr(Stdio::inherit()).output()?;
        if !built.status.success() {
            return Err(io::Error::other("there is no Kubernetes: tests/install cluster"));
        }
        arguments.push(String::from_utf8_lossy(&built.stdout).trim().to_owned());
    }
    omni_testbed::in_own_namespaces(&arguments, GROUP)
}

fn inside(programs: &Path) -> io::Result<ExitCode> {
    let (start, folder) = (Instant::now(), Path::new(FOLDER));
    omni_testbed::mount_memory(FOLDER)?;
    let mut tally = Tally::default();
    let checked = scaled::v15_with(&json!({}));
    let node = Node::start(&checked, folder, programs)?;
    println!("the node is ready, {:.0?}", start.elapsed());
    manifests::judge(&node, &mut tally);
    life::judge(&node, &checked, &mut tally);
    println!("{:.0?}", start.elapsed());
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    node.show_logs();
    Ok(ExitCode::FAILURE)
}

/// The folder of the scripts.
fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
