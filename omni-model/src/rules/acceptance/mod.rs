//! **A**: what a deployment accepts. These rules run last, since they judge by what the others found.

use crate::{
    check::Context,
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{self, Check, Rule},
};

/// An acceptance that matches no warning.
pub static UNUSED: Rule = Rule {
    id: "A001",
    name: "acceptance-of-nothing",
    severity: Severity::Error,
    summary: "an acceptance matches a warning",
    docs: include_str!("unused.md"),
    check: Check::Elsewhere,
};

/// An acceptance past its last day.
pub static EXPIRED: Rule = Rule {
    id: "A002",
    name: "acceptance-expired",
    severity: Severity::Error,
    summary: "an acceptance is not past its last day",
    docs: include_str!("expired.md"),
    check: Check::Elsewhere,
};

/// An acceptance without a reason.
pub static UNREASONED: Rule = Rule {
    id: "A003",
    name: "acceptance-without-reason",
    severity: Severity::Error,
    summary: "an acceptance says why",
    docs: include_str!("unreasoned.md"),
    check: Check::Elsewhere,
};

/// The rules about acceptances.
pub static ALL: &[&Rule] = &[&UNUSED, &EXPIRED, &UNREASONED];

/// Judges the acceptances by what they accept.
pub(crate) fn judge(
    deployment: &Deployment,
    accepted: &[(Diagnostic, Acceptance)],
    context: &Context,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (i, acceptance) in deployment.accept.iter().enumerate() {
        let path = ModelPath::root().key("accept").index(i);
        let Acceptance { rule, at, reason, until } = acceptance;
        if !accepted.iter().any(|(_, used)| used == acceptance) {
            let (message, help) = match rules::find(rule.as_str()) {
                None => (format!("there is no rule `{rule}`"), "`omni explain` lists the rules"),
                Some(rule) if rule.severity == Severity::Error => {
                    (format!("`{}` is an error, which nobody can accept", rule.id), "mend what it found")
                }
                Some(_) => {
                    (format!("`{rule}` finds nothing at `{at}`"), "take the acceptance out, or mend its path")
                }
            };
            findings.push(UNUSED.finding(path.clone(), message).help(help));
        }
        if let (Some(until), Some(today)) = (until, context.today)
            && today > *until
        {
            let message =
                format!("the acceptance of `{rule}` at `{at}` was good until {until}, and today is {today}");
            findings.push(
                EXPIRED.finding(path.key("until"), message).help("mend what it accepts, or set another day"),
            );
        }
        if reason.as_str().trim().is_empty() {
            let message = format!("the acceptance of `{rule}` at `{at}` says no reason");
            findings.push(UNREASONED.finding(path.key("reason"), message).help("say why that is fine"));
        }
    }
    findings
}
