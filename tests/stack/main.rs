//! The stack: option `compose` of v15, scaled in its model to this machine, comes up for real and is undone.
//!
//! A namespace stands for the host, with a root, a network, a firewall and a Docker engine of its own; another stands for the
//! LAN, its router and the receiver of alerts. The emitted scripts run as they are. In the containers run programs that stand in
//! for the products, but for Prometheus, Alertmanager, node_exporter
//! and blackbox_exporter, which are real, as are gVisor, ufw and Docker.
//!
//! `cargo test -p omni-stack-tier` as root, `-- docker-28` for one engine alone. The tests are one story: each begins with what the one
//! before it left. It is told twice: with this machine's Docker, and with that of Debian's next release.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{io, panic, process::ExitCode, time::Instant};

use omni_testbed::System;

mod change;
mod deploy;
mod model;
mod monitoring;
mod receiver;
mod site;
mod undo;

use site::Site;

/// The control group of the engine's containers.
const CGROUP: &str = "omni-stack";

type Test = fn(&mut Site);

/// The tests, in the order of the story.
const STORY: &[(&str, Test)] = &[
    ("preflight finds what the model counts on", deploy::preflight),
    ("deploy.sh waits for its word", deploy::waits_for_its_word),
    ("a file where a folder is wanted stops deploy.sh", deploy::file_for_folder),
    ("a missing file of secrets stops deploy.sh", deploy::no_secrets),
    ("a missing image stops deploy.sh", deploy::no_image),
    ("a container of others with the name of one stops deploy.sh", deploy::name_taken),
    ("a bundle that containers cannot read stops deploy.sh", deploy::unreadable),
    ("a port of another process stops deploy.sh", deploy::port_taken),
    ("a half-done deploy is undone", undo::half_done),
    ("deploy.sh killed in the middle goes on with --from", deploy::killed),
    ("preflight, health and verify scripts judge it", deploy::judged),
    ("zone B sees the kernel of gVisor", deploy::sandboxed),
    ("every target is up, and every rule is loaded", monitoring::targets_and_rules),
    ("every panel has an answer, or lists absent hardware", monitoring::panels),
    ("verify.sh sends an alert, and it arrives in the LAN", monitoring::delivery),
    ("a killed container's alert reaches the receiver", monitoring::alert),
    ("a second deploy changes nothing", change::deploy_again),
    ("a restart of the machine loses no data", change::restart),
    ("what Docker cannot start for lack of an address or a disk is started afterwards", change::late),
    ("what backup.sh saves, restore.sh brings back", change::backup),
    ("a changed model changes only what it says", change::changed_model),
    ("rollback leaves the data and nothing else", undo::whole),
];

fn main() -> ExitCode {
    let (arguments, is_inside) = omni_testbed::command_line();
    let result = match arguments.first().map(String::as_str) {
        Some("emit") => Site::emit_what_is_read().map(|()| ExitCode::SUCCESS),
        Some("receive") => receiver::receive(&arguments[1..]).map(|()| ExitCode::SUCCESS),
        _ if is_inside => inside(&arguments),
        _ => omni_testbed::in_own_namespaces(&arguments, CGROUP),
    };
    result.unwrap_or_else(|error| {
        eprintln!("stack: {error}");
        ExitCode::FAILURE
    })
}

/// The story on each engine, one after the other.
fn inside(arguments: &[String]) -> io::Result<ExitCode> {
    let (mut passed, mut failed) = (0, 0);
    for system in System::wanted(arguments)? {
        let start = Instant::now();
        println!("{system}");
        omni_testbed::mount_memory(site::FOLDER)?;
        let told = story(&system);
        omni_testbed::unmount(site::FOLDER)?;
        println!("{system}: {told} of {} passed, {:.0?}", STORY.len(), start.elapsed());
        (passed, failed) = (passed + told, failed + STORY.len() - told);
    }
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How much of the story came out well. What was not reached has failed.
fn story(system: &System) -> usize {
    let start = Instant::now();
    let Ok(mut site) = panic::catch_unwind(|| Site::build(system.clone())) else { return 0 };
    println!("the site stands after {:.0?}", start.elapsed());
    for (number, (name, test)) in STORY.iter().enumerate() {
        let begin = Instant::now();
        let result = panic::catch_unwind(panic::AssertUnwindSafe(|| test(&mut site)));
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        println!("{word:6} {name}, {:.1?}", begin.elapsed());
        if result.is_err() {
            println!("{}", site.containers_that_do_not_run());
            return number;
        }
    }
    STORY.len()
}
