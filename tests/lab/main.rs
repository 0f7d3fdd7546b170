//! The lab: every connection of a deployment is tried with real packets, and the prover must have foreseen each of them.
//!
//! A namespace stands for each host and runs the emitted `ufw.sh` with real ufw and iptables; a real Docker engine in it starts what
//! the emitted Compose files say; pods are namespaces on a bridge, behind the rules that k3s' policy controller would make of
//! the emitted NetworkPolicies; others stand for the LAN, its operators and the internet. The machine's own network, firewall
//! and engine are not touched: all of it happens in namespaces that end with the first process in them.
//!
//! All of it is done twice: with this machine's Docker, and with that of Debian's next release, which forwards differently.
//!
//! `cargo test -p omni-lab` as root; `-- SEED…` for some random deployments alone, `-- v15` for the example, `-- docker-28` for
//! one engine.

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

use omni::{Checked, Facts, model::reach::World};
use omni_testbed::{System, Variant};

mod docker;
mod generate;
mod knock;
mod kube;
mod probes;
mod site;

/// The control group of the engines' containers, so that what they leave behind can be found.
const CGROUP: &str = "omni-lab";

/// Where everything is kept that is written: a file system in memory, which only the lab sees.
const FOLDER: &str = "/mnt";

/// The random deployments that are tried if nobody says which.
const SEEDS: std::ops::Range<u64> = 0..20;

/// How many are tried at the same time: most of it is waiting.
const AT_ONCE: usize = 4;

/// How many connections are tried at least on each engine if nobody says which.
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
    if let Err(error) = omni_testbed::mount_memory(FOLDER) {
        eprintln!("lab: {error}");
        return ExitCode::FAILURE;
    }
    let systems = match System::wanted(arguments) {
        Ok(systems) => systems,
        Err(error) => {
            eprintln!("lab: {error}");
            return ExitCode::FAILURE;
        }
    };
    let words = arguments.iter().map(String::as_str);
    let wanted: Vec<&str> = words.filter(|it| !it.starts_with("--") && !it.starts_with("docker-")).collect();
    let deployments: Vec<_> = systems.iter().flat_map(|system| deployments(system, &wanted)).collect();
    let scenarios = deployments.iter().flat_map(|deployment| {
        deployment.checked.facts().into_iter().map(move |scenario| (deployment, scenario))
    });
    let scenarios: Vec<_> = scenarios.collect();
    let todo = Mutex::new(scenarios.iter().enumerate());
    let next = || todo.lock().ok().and_then(|mut todo| todo.next());
    let mut figures: Vec<Figures> = systems.iter().map(|_| Figures::default()).collect();
    thread::scope(|scope| {
        let (say, said) = mpsc::channel();
        for _ in 0..AT_ONCE {
            let say = say.clone();
            scope.spawn(move || {
                while let Some((number, (deployment, scenario))) = next() {
                    let (passed, failed) = report(number, deployment, scenario);
                    let _ = say.send((&deployment.system.docker, passed, failed));
                }
            });
        }
        drop(say);
        loop {
            match said.recv_timeout(PATIENCE) {
                Ok((docker, passed, failed)) => {
                    let of_system = systems.iter().zip(&mut figures).find(|(it, _)| it.docker == *docker);
                    if let Some((_, figures)) = of_system {
                        *figures =
                            Figures { passed: figures.passed + passed, failed: figures.failed + failed };
                    }
                }
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
    for (system, Figures { passed, failed }) in systems.iter().zip(&mut figures) {
        println!(
            "{system}: {} probes, of which {failed} came out differently from what was foreseen",
            *passed + *failed
        );
        if wanted.is_empty() && *passed + *failed < LEAST {
            println!("these are fewer than {LEAST} probes");
            *failed += 1;
        }
    }
    let (options, took) = (scenarios.len(), start.elapsed());
    println!("{} deployments, {options} options, {took:.0?}", deployments.len());
    let sum = |of: fn(&Figures) -> usize| figures.iter().map(of).sum::<usize>();
    let (passed, failed) = (sum(|it| it.passed), sum(|it| it.failed));
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A deployment that is tried, and on what.
struct Tried<'s> {
    name: String,
    checked: Checked,
    system: &'s System,
}

/// How many probes came out as foreseen, and how many did not.
#[derive(Default)]
struct Figures {
    passed: usize,
    failed: usize,
}

/// What is tried with an engine: what somebody wants, or all.
fn deployments<'s>(system: &'s System, wanted: &[&str]) -> Vec<Tried<'s>> {
    let v15 = (wanted.is_empty() || wanted.contains(&"v15")).then(|| {
        let variant = Variant::of(&omni_testbed::v15()).expect("v15 is a deployment");
        let checked = variant.on_docker(system.release).check();
        ("v15".to_owned(), checked.unwrap_or_else(|error| panic!("{error}")))
    });
    let seeds = SEEDS.filter(|_| wanted.is_empty()).chain(wanted.iter().filter_map(|it| it.parse().ok()));
    let random = |seed| (format!("random {seed}"), generate::deployment(seed, system.release));
    let all = v15.into_iter().chain(seeds.map(random));
    all.map(|(name, checked)| Tried { name, checked, system }).collect()
}

/// What runs in the lab: one of them is what it waits for.
fn processes() -> String {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let commands = all.filter_map(|process| fs::read_to_string(process.path().join("cmdline")).ok());
    commands.map(|command| command.replace('\0', " ") + "\n").collect()
}

/// Tries one, and says what came of it: how many probes were foreseen, and how many were not.
fn report<'a>(number: usize, tried: &'a Tried<'_>, scenario: &Facts<'a>) -> (usize, usize) {
    let Tried { name, checked, system } = tried;
    let (start, title) = (Instant::now(), format!("{system}, {name}, option {}", scenario.option()));
    let folder = PathBuf::from(FOLDER).join(number.to_string());
    match site::try_all(checked, scenario, &World::of(scenario), &folder, system) {
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
