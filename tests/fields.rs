//! Each field of v15 has an effect: when it changes, an artifact changes, or a rule finds something.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use omni::{
    Checked,
    model::{ModelPath, Segment, units},
};
use serde_json::{Value, json};

use crate::{
    examples,
    leaves::{Outcome, at, judge, leaves, tree, with, without},
};

/// Returns other candidates for a value, the most likely first. If the type rejects one, the next is tried.
fn others(value: &Value) -> Vec<Value> {
    let text = match value {
        Value::Bool(is) => return vec![json!(!is)],
        Value::Number(number) => return vec![json!(number.as_u64().unwrap() + 1)],
        Value::String(text) => text,
        other => panic!("{other} is no leaf"),
    };
    let mut others: Vec<String> = Vec::new();
    // A size, a time, a percentage, a port or an address: increase its last number by one.
    if let Some((i, digits)) = last_number(text) {
        let end = i + digits.len();
        let next = digits.parse::<u64>().unwrap() + 1;
        let width = digits.len();
        others.push(format!("{}{next:0width$}{}", &text[..i], &text[end..]));
        others.push(format!("{}{:0width$}{}", &text[..i], next.saturating_sub(2), &text[end..]));
    }
    if text.parse::<units::Duration>().is_ok() {
        others.extend(["7min".to_owned(), "200h".to_owned()]);
    }
    // One of several words: another of them.
    let words: [&[&str]; 13] = [
        &["deny", "allow"],
        &["none", "gvisor"],
        &["restricted", "baseline", "privileged"],
        &["registry", "local"],
        &["NoSwap", "LimitedSwap"],
        &["critical", "warning", "none"],
        &[
            "swap_missing",
            "crash_loop",
            "target_down",
            "unhealthy",
            "metric_missing",
            "gpu_xid",
            "watchdog",
            "rule_failures",
        ],
        &["gpu_lost", "gpu_throttled", "gpu_row_remap_failed", "clock_unsynchronized", "disk_read_only"],
        &["notifications_failed", "notifications_dropped"],
        &["slack", "webhook", "discord", "msteams"],
        &["anywhere", "lan", "pods", "services"],
        &["root", "operator"],
        &["ssh", "any"],
    ];
    for words in words.iter().filter(|words| words.contains(&text.as_str())) {
        others.extend(words.iter().filter(|word| *word != text).map(|&word| word.to_owned()));
    }
    others.extend([
        format!("{text}x"),
        format!("x{text}"),
        format!("{text}X"),
        format!("{text} -> x"),
        format!("{text}/24"),
    ]);
    others.into_iter().map(Value::String).collect()
}

fn last_number(text: &str) -> Option<(usize, &str)> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = text[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    text.get(start..end).filter(|digits| digits.len() < 12).map(|digits| (start, digits))
}

/// The visible results of a deployment: its files and its warnings.
struct Seen {
    files: BTreeMap<String, String>,
    warnings: BTreeSet<String>,
}

impl Seen {
    fn of(checked: &Checked) -> Self {
        let emitted = omni::emit(checked).unwrap().tree.into_iter();
        let accepted = checked.accepted().iter().map(|(finding, _)| finding);
        let warnings = checked.warnings().findings.iter().chain(accepted);
        Self {
            files: emitted.map(|(path, file)| (path.to_string(), file.contents)).collect(),
            warnings: warnings.map(|finding| format!("{} at {}", finding.rule, finding.path)).collect(),
        }
    }

    /// Returns the differences to another deployment: rules with new findings, or changed files.
    fn differences(&self, other: &Self) -> Vec<String> {
        let files = other.files.iter().filter(|(path, text)| self.files.get(*path) != Some(text));
        let gone = self.files.keys().filter(|path| !other.files.contains_key(*path));
        let new = other.warnings.difference(&self.warnings);
        new.chain(files.map(|(path, _)| path)).chain(gone).cloned().collect()
    }
}

/// Returns the effect of changing a field: the rules that find something, or the artifacts that change. `None` if there is no
/// effect. A field with only one possible value is removed instead.
fn effect(before: &Seen, tree: &Value, path: &ModelPath) -> Option<Vec<String>> {
    let value = at(&mut tree.clone(), path).clone();
    let changed = others(&value).into_iter().map(|other| with(tree, path, other));
    changed.chain([without(tree, path)]).find_map(|tree| match judge(tree) {
        Outcome::Refused => None,
        Outcome::Invalid(report) => Some(report.errors().map(|error| error.rule.to_owned()).collect()),
        Outcome::Valid(checked) => {
            Some(before.differences(&Seen::of(&checked))).filter(|all| !all.is_empty())
        }
    })
}

#[test]
fn each_field_does_something() {
    let v15 = examples::v15::v15();
    let (before, tree) = (Seen::of(&v15), tree(&v15));
    let fields = one_of_each_list(leaves(&tree));
    let next = AtomicUsize::new(0);
    let work = || {
        let paths = iter::from_fn(|| fields.get(next.fetch_add(1, Ordering::Relaxed)));
        paths.map(|path| (path, effect(&before, &tree, path))).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().unwrap().get();
    let mut effects: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    effects.sort();
    // The table that `--nocapture` shows.
    for (path, effects) in &effects {
        println!("{path}: {}", effects.clone().map_or("nothing".to_owned(), summary));
    }
    let without: Vec<_> =
        effects.iter().filter(|(_, effects)| effects.is_none()).map(|(path, _)| path.to_string()).collect();
    assert!(without.is_empty(), "fields without an effect:\n{}", without.join("\n"));
}

/// Keeps only the first items of a list that have each of the fields, because the other items have the same type.
fn one_of_each_list(paths: Vec<ModelPath>) -> Vec<ModelPath> {
    let mut seen = BTreeSet::new();
    let shape = |path: &ModelPath| -> ModelPath {
        let segments = path.segments().iter().map(|segment| match segment {
            Segment::Index(_) => Segment::Index(0),
            Segment::Key(_) => segment.clone(),
        });
        segments.collect()
    };
    paths.into_iter().filter(|path| seen.insert(shape(path))).collect()
}

fn summary(mut effects: Vec<String>) -> String {
    effects.sort();
    effects.dedup();
    let more = effects.len().saturating_sub(3);
    effects.truncate(3);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    effects.join(", ") + &more
}
