//! `explain`

use clap::{
    Arg, ArgMatches, Command,
    builder::{PossibleValue, PossibleValuesParser},
};

use super::answer::{Answer, heading};
use crate::model::rules;

pub(super) fn command() -> Command {
    let ids = rules::all().map(|rule| PossibleValue::new(rule.id).alias(rule.name));
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
    let found = named.and_then(|named| {
        rules::all().find(|rule| [rule.id, rule.name].iter().any(|name| name.eq_ignore_ascii_case(named)))
    });
    match found {
        Some(rule) => {
            let title = heading(format_args!("{} {} ({})", rule.id, rule.name, rule.severity));
            Answer::result(title + format!("{}\n\n{}\n", rule.summary, rule.docs.trim_end()))
        }
        None => Answer::result(list()),
    }
}

fn list() -> String {
    let width = rules::all().map(|rule| rule.name.len()).max().unwrap_or(0);
    let line = |rule: &rules::Rule| {
        format!("{}  {:<7}  {:<width$}  {}\n", rule.id, rule.severity, rule.name, rule.summary)
    };
    rules::all().map(line).collect()
}
