use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Severity},
    message::{Message, message},
    path::ModelPath,
    rules::{self, Accepted, Context, Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "each acceptance matches a warning",
    scope: Scope::Acceptances(check),
};

fn check(rule: &Rule, deployment: &Deployment, accepted: &[Accepted], _: &Context) -> Vec<Diagnostic> {
    let accept = deployment.accept.iter().enumerate();
    let unused = accept.filter(|(_, it)| !accepted.iter().any(|(_, used)| used == *it));
    let finding = |(i, acceptance): (usize, &Acceptance)| {
        let path = ModelPath::root().key("accept").index(i);
        let (message, help) = why_unused(acceptance);
        let finding = rule.finding(path.clone(), message).help(help);
        // A rule that never existed may be misspelt.
        let is_known = rules::find(acceptance.rule.as_str()).is_some();
        let is_removed = rules::removed(acceptance.rule.as_str()).is_some();
        if is_known || is_removed { finding.fix(path, ()) } else { finding }
    };
    unused.map(finding).collect()
}

fn why_unused(Acceptance { rule, at, .. }: &Acceptance) -> (Message, &'static str) {
    match (rules::find(rule.as_str()), rules::removed(rule.as_str())) {
        (Some(found), _) if found.severity == Severity::Error => {
            let message = message!("`{rule}` reports errors, which cannot be accepted", rule = found.id);
            (message, "fix the error, and remove the acceptance")
        }
        (Some(_), _) => (
            message!("`{rule}` reports nothing at `{at}`", rule, at),
            "remove the acceptance, or correct its path",
        ),
        (None, Some(old)) => {
            let message =
                message!("rule `{rule}` was removed in release {release}", rule, release = old.release);
            (message, "remove the acceptance")
        }
        (None, None) => (message!("there is no rule `{rule}`", rule), "`omni explain` lists the rules"),
    }
}
