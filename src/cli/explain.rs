//! `explain`

use clap::{Arg, ArgMatches, Command};

use super::answer::{Answer, FAILED, heading};
use crate::model::{
    rules::{self, Rule},
    schema::{Key, Keys},
    suggest::did_you_mean,
};

pub(super) fn command() -> Command {
    Command::new("explain")
        .about("Explain a rule or a key")
        .arg(Arg::new("topic").value_name("RULE|KEY").help(
            "ID or name of a rule, or path of a key. Without it, all rules and the top-level keys are listed",
        ))
        .after_help(
            "Examples:
  omni explain B001
  omni explain ram-over-ceiling
  omni explain services.memory_limit",
        )
}

pub(super) fn run(matches: &ArgMatches) -> Answer {
    let Some(topic) = matches.get_one::<String>("topic") else { return Answer::result(list()) };
    if let Some(rule) = rules::all().find(|rule| names(rule).any(|name| name.eq_ignore_ascii_case(topic))) {
        return explain_rule(rule);
    }
    let keys = Keys::new();
    match keys.find(topic) {
        Some(key) => explain_key(&keys, key, topic),
        None => Answer::error(FAILED, unknown(&keys, topic)),
    }
}

fn names(rule: &Rule) -> impl Iterator<Item = &'static str> {
    [rule.id, rule.name].into_iter()
}

fn explain_rule(rule: &Rule) -> Answer {
    let title = heading(format_args!("{} {} ({})", rule.id, rule.name, rule.severity));
    Answer::result(title + format!("{}\n\n{}\n", rule.summary, rule.docs.trim_end()))
}

fn explain_key(keys: &Keys, key: &Key, topic: &str) -> Answer {
    let answer = Answer::result(heading(key.path()) + format!("{}\n", key.text()));
    // The last part may be the name of an entry, or a misspelt key.
    match keys.similar(topic).filter(|meant| meant.path() != key.path()) {
        Some(meant) => answer.beside(format!("did you mean `{}`?\n", meant.path())),
        None => answer,
    }
}

fn unknown(keys: &Keys, topic: &str) -> String {
    let rule = did_you_mean(topic, rules::all().flat_map(names)).map(str::to_owned);
    match rule.or_else(|| keys.similar(topic).map(Key::path)) {
        Some(meant) => format!("there is no rule or key `{topic}`; did you mean `{meant}`?"),
        None => format!("there is no rule or key `{topic}`; `explain` without an argument lists them"),
    }
}

fn list() -> String {
    let width = rules::all().map(|rule| rule.name.len()).max().unwrap_or(0);
    let rule =
        |rule: &Rule| format!("{}  {:<7}  {:<width$}  {}\n", rule.id, rule.severity, rule.name, rule.summary);
    let rules: String = rules::all().map(rule).collect();
    let keys = Keys::new();
    let key = |key: &Key| format!("{:<18}{}\n", key.path(), key.sentence());
    let top: String = keys.all().iter().filter(|key| key.depth() == 1).map(key).collect();
    format!("{rules}\n{top}")
}
