//! v15, broken in one way after the other: the rule that each class names catches each of its mutants. What nobody can call a
//! mistake is a class of its own, with the reason, and shows in what is emitted.

mod budgets;
mod changes;
mod hosts;
mod monitoring;
mod network;
mod services;
mod supply;

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use omni::{Checked, Source, model::Context};
use serde_json::Value;

use crate::{
    examples,
    leaves::{self, Outcome, judge},
};

/// Mutants that are wrong in the same way.
struct Class {
    what: &'static str,
    by: By,
    mutants: Vec<Mutant>,
}

/// What notices a mutant.
enum By {
    /// One of these rules.
    Rules(&'static [&'static str]),
    /// Nobody can call it a mistake, for this reason: what is emitted differs.
    Artifacts(&'static str),
}

/// A deployment with one thing changed, and what that is.
struct Mutant {
    what: String,
    tree: Value,
}

/// v15, to be changed.
struct Original(Value);

impl Original {
    /// With another value at a place.
    fn with(&self, path: &str, value: impl Into<Value>) -> Mutant {
        let value = value.into();
        let what = format!("{path}: {value}");
        Mutant { what, tree: leaves::with(&self.0, &path.parse().unwrap(), value) }
    }

    /// Without what stands at a place.
    fn without(&self, path: &str) -> Mutant {
        let what = format!("without {path}");
        Mutant { what, tree: leaves::without(&self.0, &path.parse().unwrap()) }
    }

    /// With another key for an entry, everything that names it left as it is.
    fn renamed(&self, map: &str, key: &str) -> Mutant {
        let new = format!("{key}-x");
        let mut tree = self.0.clone();
        let entries = leaves::at(&mut tree, &map.parse().unwrap()).as_object_mut().unwrap();
        let renamed = |(name, value): (String, Value)| (if name == key { new.clone() } else { name }, value);
        *entries = std::mem::take(entries).into_iter().map(renamed).collect();
        Mutant { what: format!("{map}.{key} is called {new}"), tree }
    }

    /// The keys of a map, or none if it is not there.
    fn keys(&self, path: &str) -> Vec<String> {
        match self.get(path) {
            Some(Value::Object(map)) => map.into_iter().map(|(key, _)| key).collect(),
            _ => Vec::new(),
        }
    }

    /// What stands at a place.
    fn get(&self, path: &str) -> Option<Value> {
        let found = leaves::at(&mut self.0.clone(), &path.parse().unwrap()).clone();
        Some(found).filter(|found| !found.is_null())
    }

    /// A text at a place.
    fn text(&self, path: &str) -> String {
        self.get(path).unwrap().as_str().unwrap().to_owned()
    }

    /// The services that something is true of.
    fn services(&self, is: impl Fn(&Value) -> bool) -> Vec<String> {
        let all = self.0["services"].as_object().unwrap().iter();
        all.filter(|(_, service)| is(service)).map(|(name, _)| name.clone()).collect()
    }

    /// The numbers of the items of a list that something is true of.
    fn items(&self, path: &str, is: impl Fn(&Value) -> bool) -> Vec<usize> {
        let list = self.get(path).unwrap();
        let all = list.as_array().unwrap().iter().enumerate();
        all.filter(|(_, item)| is(item)).map(|(i, _)| i).collect()
    }
}

/// The rules that find something in a mutant, and what is emitted of it if they find no error.
fn look(mutant: &Mutant) -> (BTreeSet<String>, Option<Checked>) {
    let rules = |findings: Vec<&omni::model::Diagnostic>| -> BTreeSet<String> {
        findings.into_iter().map(|finding| finding.rule.to_owned()).collect()
    };
    match judge(mutant.tree.clone()) {
        Outcome::Valid(checked) => (rules(checked.warnings().findings.iter().collect()), Some(*checked)),
        Outcome::Invalid(report) => (rules(report.findings.iter().collect()), None),
        // The reader of documents says which of its rules refuses it.
        Outcome::Refused => {
            let verdict = Source::yaml("mutant", mutant.tree.to_string()).check(&Context::default());
            assert!(verdict.deployment.is_none(), "{}: one door reads what another refuses", mutant.what);
            (rules(verdict.findings.iter().map(|finding| &finding.diagnostic).collect()), None)
        }
    }
}

fn files(checked: &Checked) -> BTreeMap<String, String> {
    let tree = omni::emit(checked).unwrap().tree;
    tree.into_iter().map(|(path, file)| (path.to_string(), file.contents)).collect()
}

/// Why a mutant survives, if it does.
fn survives(by: &By, mutant: &Mutant, original: &BTreeMap<String, String>) -> Option<String> {
    let (found, checked) = look(mutant);
    match by {
        By::Rules(rules) if rules.iter().any(|rule| found.contains(*rule)) => None,
        By::Rules(rules) => Some(format!("{}: found by {found:?}, not by {rules:?}", mutant.what)),
        By::Artifacts(_) if !found.is_empty() => Some(format!("{}: found by {found:?}", mutant.what)),
        By::Artifacts(_) => {
            (files(&checked?) == *original).then(|| format!("{}: changes nothing", mutant.what))
        }
    }
}

#[test]
fn each_mutant_is_caught_by_the_rule_of_its_class() {
    let v15 = examples::v15::v15();
    let (original, emitted) = (Original(leaves::tree(&v15)), files(&v15));
    let families = [
        budgets::classes,
        hosts::classes,
        network::classes,
        services::classes,
        monitoring::classes,
        supply::classes,
    ];
    let classes: Vec<_> = families
        .iter()
        .chain([&(changes::classes as fn(&_) -> _)])
        .flat_map(|family| family(&original))
        .collect();
    let mutants: Vec<_> =
        classes.iter().flat_map(|class| class.mutants.iter().map(move |one| (class, one))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let taken = iter::from_fn(|| mutants.get(next.fetch_add(1, Ordering::Relaxed)));
        taken.filter_map(|(class, mutant)| survives(&class.by, mutant, &emitted)).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().unwrap().get();
    let mut survivors: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    survivors.sort();
    // The table that `--nocapture` shows.
    for Class { what, by, mutants } in &classes {
        let by = match by {
            By::Rules(rules) => rules.join(", "),
            By::Artifacts(why) => format!("what is emitted ({why})"),
        };
        println!("{what} | {} | {by}", mutants.len());
        assert!(!mutants.is_empty(), "no mutant: {what}");
    }
    println!("{} classes, {} mutants", classes.len(), mutants.len());
    assert!(survivors.is_empty(), "{} survive:\n{}", survivors.len(), survivors.join("\n"));
    let caught =
        classes.iter().filter(|class| matches!(class.by, By::Rules(_))).map(|class| class.mutants.len());
    assert!(caught.sum::<usize>() >= 200);
}
