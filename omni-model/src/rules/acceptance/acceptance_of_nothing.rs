use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{self, Accepted, Context, Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "an acceptance matches a warning",
    scope: Scope::Acceptances(check),
};

fn check(rule: &Rule, deployment: &Deployment, accepted: &[Accepted], _: &Context) -> Vec<Diagnostic> {
    let unused =
        deployment.accept.iter().enumerate().filter(|(_, it)| !accepted.iter().any(|(_, used)| used == *it));
    let finding = |(i, acceptance): (usize, &Acceptance)| {
        let (message, help) = why_unused(acceptance);
        rule.finding(ModelPath::root().key("accept").index(i), message).help(help)
    };
    unused.map(finding).collect()
}

fn why_unused(Acceptance { rule, at, .. }: &Acceptance) -> (String, &'static str) {
    let remove = "remove the acceptance";
    match (rules::find(rule.as_str()), rules::removed(rule.as_str())) {
        (Some(rule), _) if rule.severity == Severity::Error => {
            (format!("`{}` reports errors, which cannot be accepted", rule.id), "fix what the rule reports")
        }
        (Some(_), _) => {
            (format!("`{rule}` reports nothing at `{at}`"), "remove the acceptance, or correct its path")
        }
        (None, Some(old)) => (format!("rule `{rule}` does not exist since release {}", old.release), remove),
        (None, None) => (format!("there is no rule `{rule}`"), "`omni explain` lists the rules"),
    }
}
