//! `check`

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json as object};

use super::Program;
use super::answer::{Answer, INVALID, findings, json, with};
use super::said::Said;
use super::sarif;
use crate::model::{
    Judgement, Severity,
    document::Place,
    judgement::{At, Finding},
};

pub(super) fn command(program: &Program<'_>) -> Command {
    program
        .command("check")
        .about("Check the deployment against every rule")
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(["text", "json", "sarif"])
                .default_value("text")
                .help("Format of the findings: for people, for programs, or for code scanning (SARIF 2.1.0)"),
        )
        .arg(
            Arg::new("deny-warnings")
                .long("deny-warnings")
                .action(ArgAction::SetTrue)
                .help("Exit with 1 on a warning that the deployment does not accept"),
        )
}

pub(super) fn run(judgement: &Judgement, matches: &ArgMatches) -> Answer {
    let format = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => Format::Json,
        Some("sarif") => Format::Sarif,
        _ => Format::Text,
    };
    Answer::result(report(judgement, format))
        .code(code(&judgement.findings, matches.get_flag("deny-warnings")))
}

/// The format of printed findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, with the lines of the file.
    Text,
    /// For programs: JSON.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
}

/// The output of `check`, with colours if the format has them.
pub fn printed(judgement: &Judgement, format: Format) -> String {
    report(judgement, format).to_terminal()
}

fn report(judgement: &Judgement, format: Format) -> Said {
    match format {
        Format::Text => as_text(judgement),
        Format::Json => json(&as_json(judgement)).into(),
        Format::Sarif => json(&sarif::log(judgement)).into(),
    }
}

fn code(findings: &[Finding], deny_warnings: bool) -> u8 {
    let is_denied = |finding: &Finding| deny_warnings || finding.diagnostic.severity == Severity::Error;
    if findings.iter().any(is_denied) { INVALID } else { 0 }
}

fn as_text(judgement: &Judgement) -> Said {
    let accepted = match judgement.accepted.len() {
        0 => String::new(),
        1 => ", 1 warning accepted".to_owned(),
        count => format!(", {count} warnings accepted"),
    };
    findings(judgement) + format!("{}{accepted}\n", judgement.summary())
}

fn as_json(judgement: &Judgement) -> Value {
    let accepted = judgement.accepted.iter().map(|(found, acceptance)| {
        object!({ "finding": finding(found), "reason": acceptance.reason, "until": acceptance.until })
    });
    object!({
        "deployment": judgement.deployment.as_ref().map(|deployment| &deployment.name),
        "version": judgement.deployment.as_ref().map(|deployment| &deployment.version),
        "valid": judgement.checked.is_some(),
        "rules": judgement.rules,
        "findings": judgement.findings.iter().map(finding).collect::<Vec<_>>(),
        "accepted": accepted.collect::<Vec<_>>(),
    })
}

/// The finding, with the place in the file beside each of its paths.
fn finding(finding: &Finding) -> Value {
    let related = finding.diagnostic.related.iter().enumerate();
    let related = related.map(|(i, related)| with(object!(related), "at", finding.related.get(i).map(place)));
    let related: Vec<_> = related.collect();
    let json = with(object!(finding.diagnostic), "at", finding.at.as_ref().map(place));
    with(json, "related", (!related.is_empty()).then_some(related))
}

fn place(At { file, place, .. }: &At) -> Value {
    let Place { line, column, end_line, end_column } = place;
    object!({ "file": file, "line": line, "column": column, "end_line": end_line, "end_column": end_column })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules;

    #[test]
    fn warnings_are_denied_on_demand_only() {
        let found = |severity| -> Vec<Finding> {
            let rule = rules::all().find(|rule| rule.severity == severity).unwrap();
            vec![rule.finding(Default::default(), "").into()]
        };
        let [error, warning] = [found(Severity::Error), found(Severity::Warning)];
        assert_eq!([code(&error, false), code(&error, true)], [INVALID, INVALID]);
        assert_eq!([code(&warning, false), code(&warning, true)], [0, INVALID]);
        assert_eq!(code(&[], true), 0);
    }
}
