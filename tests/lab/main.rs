//! The lab: every connection of a deployment is tried with real packets, and the prover must have foreseen each of them.
//!
//! A namespace stands for each host and runs the emitted `ufw.sh` with real ufw and iptables; a real Docker engine in it starts what
//! the emitted Compose files say; pods are namespaces on a bridge, behind the rules that k3s' policy controller would make of
//! the emitted NetworkPolicies; others stand for the LAN, its operators and the internet. The machine's own network, firewall
//! and engine are not touched: all of it happens in namespaces that end with the first process in them.
//!
//! `cargo test -p omni-lab` as root; `-- SEED…` for some random deployments alone, `-- v15` for the example.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    fs,
    path::PathBuf,
    process::{ExitCode, exit},
    sync::{
        Mutex,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use omni::{Checked, Scenario, model::reach::World};

mod docker;
mod generate;
mod knock;
mod kube;
mod probes;
mod site;

#[path = "../../examples/v15.rs"]
#[expect(dead_code, reason = "an example has a main function")]
mod v15;

/// The control group of the engines' containers, so that what they leave behind can be found.
const CGROUP: &str = "omni-lab";

/// Where everything is kept that is written: a file system in memory, which only the lab sees.
const FOLDER: &str = "/mnt";

/// The random deployments that are tried if nobody says which.
const SEEDS: std::ops::Range<u64> = 0..20;

/// How many are tried at the same time: most of it is waiting.
const AT_ONCE: usize = 4;

/// How many connections are tried at least if nobody says which.
const LEAST: usize = 2_000;

/// How long nothing may come to an end: it takes half a minute on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    let (arguments, is_inside) = omni_testbed::command_line();
    let result = match arguments.first().map(String::as_str) {
        Some("listen") => knock::listen(&arguments[1..]).map(|()| ExitCode::SUCCESS),
        Some("knock") => knock::knock().map(|()| ExitCode::SUCCESS),
        _ if is_inside => Ok(inside(&arguments)),
        _ => omni_testbed::in_own_namespaces(&arguments, CGROUP),
    };
    result.unwrap_or_else(|error| {
        eprintln!("lab: {error}");
        ExitCode::FAILURE
    })
}

fn inside(arguments: &[String]) -> ExitCode {
    let start = Instant::now();
    // ufw and iptables have their locks in /run.
    if let Err(error) = [FOLDER, "/run"].into_iter().try_for_each(omni_testbed::mount_memory) {
        eprintln!("lab: {error}");
        return ExitCode::FAILURE;
    }
    let wanted: Vec<&str> = arguments.iter().map(String::as_str).filter(|it| !it.starts_with("--")).collect();
    let mut deployments: Vec<(String, Checked)> = Vec::new();
    if wanted.is_empty() || wanted.contains(&"v15") {
        deployments.push(("v15".to_owned(), v15::v15()));
    }
    let seeds = SEEDS.filter(|_| wanted.is_empty()).chain(wanted.iter().filter_map(|it| it.parse().ok()));
    deployments.extend(seeds.map(|seed| (format!("random {seed}"), generate::deployment(seed))));
    let scenarios = deployments.iter().flat_map(|(name, checked)| {
        checked.scenarios().into_iter().map(move |scenario| (name, checked, scenario))
    });
    let scenarios: Vec<_> = scenarios.collect();
    let todo = Mutex::new(scenarios.iter().enumerate());
    let next = || todo.lock().ok().and_then(|mut todo| todo.next());
    let (mut passed, mut failed) = (0, 0);
    thread::scope(|scope| {
        let (say, said) = mpsc::channel();
        for _ in 0..AT_ONCE {
            let say = say.clone();
            scope.spawn(move || {
                while let Some((number, (name, checked, scenario))) = next() {
                    let _ = say.send(report(number, name, checked, scenario));
                }
            });
        }
        drop(say);
        loop {
            match said.recv_timeout(PATIENCE) {
                Ok((right, wrong)) => (passed, failed) = (passed + right, failed + wrong),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    eprintln!(
                        "lab: nothing has come to an end for {PATIENCE:?}; this runs:\n{}",
                        processes()
                    );
                    exit(1);
                }
            }
        }
    });
    let (options, took) = (scenarios.len(), start.elapsed());
    println!("{} deployments, {options} options, {} probes, {took:.0?}", deployments.len(), passed + failed);
    if wanted.is_empty() && passed + failed < LEAST {
        println!("these are fewer than {LEAST} probes");
        failed += 1;
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What runs in the lab: one of them is what it waits for.
fn processes() -> String {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let commands = all.filter_map(|process| fs::read_to_string(process.path().join("cmdline")).ok());
    commands.map(|command| command.replace('\0', " ") + "\n").collect()
}

/// Tries one, and says what came of it: how many probes were foreseen, and how many were not.
fn report<'a>(number: usize, name: &str, checked: &'a Checked, scenario: &Scenario<'a>) -> (usize, usize) {
    let (start, title) = (Instant::now(), format!("{name}, option {}", scenario.option()));
    let folder = PathBuf::from(FOLDER).join(number.to_string());
    match site::try_all(checked, scenario, &World::of(scenario), &folder) {
        Ok(outcome) => {
            let (open, closed) = (outcome.open, outcome.probes - outcome.open);
            let wrong: String = outcome.wrong.iter().map(|line| format!("\n  {line}")).collect();
            println!("{title}: {open} reach, {closed} do not, {:.0?}{wrong}", start.elapsed());
            (outcome.probes - outcome.wrong.len(), outcome.wrong.len())
        }
        Err(error) => {
            println!("{title}: {error}");
            (0, 1)
        }
    }
}
