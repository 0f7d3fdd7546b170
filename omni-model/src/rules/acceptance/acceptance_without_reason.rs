use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Accepted, Context, Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "each acceptance has a reason",
    scope: Scope::Acceptances(check),
};

fn check(rule: &Rule, deployment: &Deployment, _: &[Accepted], _: &Context) -> Vec<Diagnostic> {
    let accept = deployment.accept.iter().enumerate();
    let without = accept.filter(|(_, acceptance)| acceptance.reason.as_str().trim().is_empty());
    let finding = |(i, Acceptance { rule: accepted, at, .. }): (usize, &Acceptance)| {
        let path = ModelPath::root().key("accept").index(i).key("reason");
        let message = message!("the acceptance of `{rule}` at `{at}` has no reason", rule = accepted, at);
        rule.finding(path, message).help("say why the warning is acceptable")
    };
    without.map(finding).collect()
}
