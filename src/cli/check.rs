//! `check`

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::Input;
use super::answer::{Answer, INVALID, findings};
use crate::model::{Report, deployment::Acceptance, diagnostic::Diagnostic};

pub(super) fn command() -> Command {
    Command::new("check")
        .about("Judge the deployment by every rule")
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(["text", "json"])
                .default_value("text")
                .help("How to print the findings: for people, or for programs"),
        )
        .arg(
            Arg::new("deny-warnings")
                .long("deny-warnings")
                .action(ArgAction::SetTrue)
                .help("Take a warning that the deployment does not accept for an error"),
        )
}

pub(super) fn run(input: &Input, matches: &ArgMatches) -> Answer {
    let (report, accepted) = match &input.checked {
        Ok(checked) => (checked.warnings(), checked.accepted()),
        Err(report) => (report, [].as_slice()),
    };
    let is_json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    let result = if is_json { to_json(input, report, accepted) } else { to_text(report, accepted) };
    let code = code(report, matches.get_flag("deny-warnings"));
    Answer::result(result).code(code)
}

fn code(report: &Report, deny_warnings: bool) -> u8 {
    let denied = deny_warnings && report.warnings().next().is_some();
    if denied || report.errors().next().is_some() { INVALID } else { 0 }
}

fn to_text(report: &Report, accepted: &[(Diagnostic, Acceptance)]) -> String {
    let accepted = match accepted.len() {
        0 => String::new(),
        1 => ", 1 warning accepted".to_owned(),
        count => format!(", {count} warnings accepted"),
    };
    format!("{}{}{accepted}\n", findings(report), report.summary())
}

fn to_json(input: &Input, report: &Report, accepted: &[(Diagnostic, Acceptance)]) -> String {
    let accepted: Vec<_> = accepted
        .iter()
        .map(|(finding, acceptance)| {
            json!({ "finding": finding, "reason": acceptance.reason, "until": acceptance.until })
        })
        .collect();
    let report = json!({
        "deployment": input.deployment.name,
        "version": input.deployment.version,
        "valid": input.checked.is_ok(),
        "rules": report.rules,
        "findings": report.findings,
        "accepted": accepted,
    });
    format!("{report:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Severity, rules};

    #[test]
    fn warnings_are_denied_on_demand_only() {
        let found = |severity| {
            let mut findings: Vec<_> =
                rules::all().map(|rule| rule.finding(Default::default(), "")).collect();
            findings.retain(|finding| finding.severity == severity);
            findings.truncate(1);
            assert!(!findings.is_empty());
            Report { findings, rules: 1 }
        };
        let [error, warning] = [found(Severity::Error), found(Severity::Warning)];
        assert_eq!([code(&error, false), code(&error, true)], [INVALID, INVALID]);
        assert_eq!([code(&warning, false), code(&warning, true)], [0, INVALID]);
        assert_eq!(code(&Report::default(), true), 0);
    }
}
