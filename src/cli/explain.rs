//! `explain`

use clap::{
    Arg, ArgMatches, Command,
    builder::{PossibleValue, PossibleValuesParser},
};

use super::answer::{Answer, heading};
use super::said::Said;
use crate::model::rules::{self, Deprecation, Removed, Rule};

pub(super) fn command() -> Command {
    let rules = rules::all().map(|rule| PossibleValue::new(rule.id).alias(rule.name));
    let removed = rules::REMOVED.iter().map(|rule| PossibleValue::new(rule.id).aliases(rule.name));
    let ids = rules.chain(removed);
    Command::new("explain").about("Say what a rule checks, why that matters and how to satisfy it").arg(
        Arg::new("rule")
            .value_name("RULE")
            .value_parser(PossibleValuesParser::new(ids))
            .ignore_case(true)
            .hide_possible_values(true)
            .help("Its id or its name, as `B001`; without it, all rules are listed"),
    )
}

pub(super) fn run(matches: &ArgMatches) -> Answer {
    let named = matches.get_one::<String>("rule");
    let Some(named) = named else { return Answer::result(list()) };
    match (rules::find(named), rules::removed(named)) {
        (Some(rule), _) => Answer::result(page(rule)),
        (None, Some(old)) => Answer::result(obituary(old)),
        (None, None) => Answer::result(list()),
    }
}

fn page(rule: &Rule) -> Said {
    let title = heading(format_args!("{} {} ({})", rule.id, rule.name, rule.severity));
    let deprecated = rule
        .deprecated
        .map(|Deprecation { since, instead }| format!("Deprecated since release {since}: {instead}\n\n"));
    let (summary, docs, since) = (rule.summary, rule.docs.trim_end(), rule.since);
    title + format!("{summary}\n\n{}{docs}\n\nSince release {since}.\n", deprecated.unwrap_or_default())
}

fn obituary(Removed { id, name, release, why }: &Removed) -> String {
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    format!("{id}{name} is not a rule since release {release}. {why}\n")
}

fn list() -> Said {
    let width = rules::all().map(|rule| rule.name.len()).max().unwrap_or(0);
    let line = |rule: &rules::Rule| {
        format!("{}  {:<7}  {:<width$}  {}\n", rule.id, rule.severity, rule.name, rule.summary)
    };
    rules::all().map(line).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deprecated_rule_says_what_takes_its_place() {
        static DEPRECATED: Deprecation = Deprecation { since: "9.0.0", instead: "Use `B002`." };
        let rule = rules::all().next().unwrap();
        assert!(!page(rule).to_terminal().contains("Deprecated"));
        let rule = Rule { deprecated: Some(&DEPRECATED), ..*rule };
        assert!(page(&rule).to_terminal().contains("\n\nDeprecated since release 9.0.0: Use `B002`.\n\n"));
    }

    #[test]
    fn a_removed_rule_says_why() {
        let old = Removed { id: "Z001", name: Some("a-rule"), release: "9.0.0", why: "It said nothing." };
        assert_eq!(obituary(&old), "Z001 a-rule is not a rule since release 9.0.0. It said nothing.\n");
        assert!(rules::REMOVED.iter().all(|old| !old.why.is_empty() && rules::find(old.id).is_none()));
    }
}
