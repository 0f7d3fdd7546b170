//! `check`

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json as object};

use super::Program;
use super::answer::{Answer, INVALID, findings, json};
use super::said::Said;
use super::sarif;
use crate::model::{Severity, document::Place};
use crate::source::{At, Finding, Verdict};

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

pub(super) fn run(verdict: &Verdict, matches: &ArgMatches) -> Answer {
    let format = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => Format::Json,
        Some("sarif") => Format::Sarif,
        _ => Format::Text,
    };
    Answer::result(report(verdict, format)).code(code(&verdict.findings, matches.get_flag("deny-warnings")))
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
pub fn printed(verdict: &Verdict, format: Format) -> String {
    report(verdict, format).to_terminal()
}

fn report(verdict: &Verdict, format: Format) -> Said {
    match format {
        Format::Text => as_text(verdict),
        Format::Json => json(&as_json(verdict)).into(),
        Format::Sarif => json(&sarif::log(verdict)).into(),
    }
}

fn code(findings: &[Finding], deny_warnings: bool) -> u8 {
    let is_denied = |finding: &Finding| deny_warnings || finding.diagnostic.severity == Severity::Error;
    if findings.iter().any(is_denied) { INVALID } else { 0 }
}

fn as_text(verdict: &Verdict) -> Said {
    let accepted = match verdict.accepted.len() {
        0 => String::new(),
        1 => ", 1 warning accepted".to_owned(),
        count => format!(", {count} warnings accepted"),
    };
    findings(&verdict.findings) + format!("{}{accepted}\n", verdict.summary())
}

fn as_json(verdict: &Verdict) -> Value {
    let accepted = verdict.accepted.iter().map(|(found, acceptance)| {
        object!({ "finding": finding(found), "reason": acceptance.reason, "until": acceptance.until })
    });
    object!({
        "deployment": verdict.deployment.as_ref().map(|deployment| &deployment.name),
        "version": verdict.deployment.as_ref().map(|deployment| &deployment.version),
        "valid": verdict.checked.is_some(),
        "rules": verdict.rules,
        "findings": verdict.findings.iter().map(finding).collect::<Vec<_>>(),
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

/// The object with an additional entry, if there is a value.
pub(super) fn with(mut object: Value, key: &str, value: Option<impl Into<Value>>) -> Value {
    if let (Value::Object(entries), Some(value)) = (&mut object, value) {
        entries.insert(key.to_owned(), value.into());
    }
    object
}

fn place(At { file, place }: &At) -> Value {
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
