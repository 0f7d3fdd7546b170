//! `explain`

use clap::{Arg, ArgMatches, Command};

use super::answer::{Answer, FAILED, heading};
use super::said::Said;
use crate::model::{
    rules::{self, Deprecation, Removed, Rule},
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
    if let Some(rule) = rules::find(topic) {
        return Answer::result(explain_rule(rule));
    }
    if let Some(removed) = rules::removed(topic) {
        return Answer::result(explain_removed(removed));
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

fn explain_rule(rule: &Rule) -> Said {
    let title = heading(format_args!("{} {} ({})", rule.id, rule.name, rule.severity));
    let deprecated = rule
        .deprecated
        .map(|Deprecation { since, instead }| format!("Deprecated since release {since}: {instead}\n\n"));
    let (summary, docs, since) = (rule.summary, rule.docs.trim_end(), rule.since);
    title + format!("{summary}\n\n{}{docs}\n\nSince release {since}.\n", deprecated.unwrap_or_default())
}

fn explain_removed(Removed { id, name, release, why }: &Removed) -> String {
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    format!("{id}{name} is not a rule since release {release}. {why}\n")
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

fn list() -> Said {
    let width = rules::all().map(|rule| rule.name.len()).max().unwrap_or(0);
    let rule =
        |rule: &Rule| format!("{}  {:<7}  {:<width$}  {}\n", rule.id, rule.severity, rule.name, rule.summary);
    let rules: String = rules::all().map(rule).collect();
    let keys = Keys::new();
    let key = |key: &Key| format!("{:<18}{}\n", key.path(), key.sentence());
    let top: String = keys.all().iter().filter(|key| key.depth() == 1).map(key).collect();
    heading("Rules") + rules + "\n" + heading("Keys") + top
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deprecated_rule_says_what_takes_its_place() {
        static DEPRECATED: Deprecation = Deprecation { since: "9.0.0", instead: "Use `B002`." };
        let rule = rules::all().next().unwrap();
        assert!(!explain_rule(rule).to_terminal().contains("Deprecated"));
        let rule = Rule { deprecated: Some(&DEPRECATED), ..*rule };
        assert!(
            explain_rule(&rule).to_terminal().contains("\n\nDeprecated since release 9.0.0: Use `B002`.\n\n")
        );
    }

    #[test]
    fn a_removed_rule_says_why() {
        let old = Removed { id: "Z001", name: Some("a-rule"), release: "9.0.0", why: "It said nothing." };
        assert_eq!(
            explain_removed(&old),
            "Z001 a-rule is not a rule since release 9.0.0. It said nothing.\n"
        );
        assert!(rules::REMOVED.iter().all(|old| !old.why.is_empty() && rules::find(old.id).is_none()));
    }
}
