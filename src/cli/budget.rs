//! `budget`

use clap::Command;

use super::Program;
use super::answer::{Answer, heading};
use super::said::Said;
use crate::model::Judgement;
use crate::model::{
    Checked, Scenario,
    budget::{self, Case},
    ledger::Ledger,
    words::list,
};

pub(super) fn command(program: &Program<'_>) -> Command {
    program
        .command("budget")
        .about("Show how much memory and disk each service takes, and what is left")
        .long_about(
            "Show how much memory and disk each service takes, and what is left

Each budget is shown for normal operation and, if a standby makes it larger, for the largest case.",
        )
}

pub(super) fn run(judgement: &Judgement) -> Answer {
    match &judgement.checked {
        Some(checked) => Answer::result(Said::paragraphs(tables(checked))),
        None => Answer::invalid(judgement),
    }
}

/// Each ledger once, with the options that have it unless all do.
fn tables(checked: &Checked) -> Vec<Said> {
    let scenarios = checked.facts();
    let mut tables: Vec<(String, Ledger, Vec<&str>)> = Vec::new();
    for scenario in &scenarios {
        for (title, ledger) in ledgers(scenario) {
            let same = |table: &&mut (String, Ledger, Vec<&str>)| table.0 == title && table.1 == ledger;
            match tables.iter_mut().find(same) {
                Some((_, _, options)) => options.push(scenario.option().as_str()),
                None => tables.push((title, ledger, vec![scenario.option().as_str()])),
            }
        }
    }
    let show = |(title, ledger, options): (String, Ledger, Vec<&str>)| {
        let only = options.len() < scenarios.len();
        let only = if only { format!(" in option {}", list(options)) } else { String::new() };
        table(&format!("{title}{only}"), &ledger)
    };
    tables.into_iter().map(show).collect()
}

/// The ledgers with at least one entry, each with its title.
fn ledgers(scenario: &Scenario<'_>) -> Vec<(String, Ledger)> {
    let mut ledgers = Vec::new();
    let deployment = scenario.deployment();
    for (name, host) in &deployment.hosts {
        let mut add = |what: String, cases: Vec<Case<'_>>| {
            for Case { standbys, ledger } in cases {
                let names = list(standbys.iter().map(|name| name.as_str()));
                let when = if names.is_empty() { names } else { format!(" with {names} running") };
                ledgers.push((format!("{what} of `{name}`{when}"), ledger));
            }
        };
        add(format!("RAM (at most {})", host.ram.ceiling), budget::ram_cases(scenario, name, host));
        add("memory limits".to_owned(), budget::limit_cases(scenario, name, host));
        add("reserve".to_owned(), budget::reserve_cases(scenario, name, host));
        for gpu in host.gpus.keys() {
            add(format!("VRAM of `{gpu}`"), budget::vram_cases(scenario, name, host, gpu));
        }
        let disk = budget::disk(name, host, deployment).map(|ledger| Case { standbys: Vec::new(), ledger });
        add("disk".to_owned(), disk.into_iter().collect());
        let root = budget::root(scenario, name, host).map(|ledger| Case { standbys: Vec::new(), ledger });
        add("root file system".to_owned(), root.into_iter().collect());
    }
    ledgers.retain(|(_, ledger)| !ledger.entries.is_empty());
    ledgers
}

/// A heading, the entries, and the share of the capacity that they take.
fn table(title: &str, ledger: &Ledger) -> Said {
    let lines: String = ledger.lines().iter().map(|line| format!("  {line}\n")).collect();
    let left = ledger.limit.saturating_sub(ledger.total()).readable();
    heading(title) + format!("{lines}  {} of {}, {left} left\n", ledger.ratio(), ledger.capacity)
}
