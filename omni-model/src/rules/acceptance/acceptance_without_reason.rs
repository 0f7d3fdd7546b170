use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Accepted, Context, Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "an acceptance gives a reason",
    scope: Scope::Acceptances(check),
};

fn check(rule: &Rule, deployment: &Deployment, _: &[Accepted], _: &Context) -> Vec<Diagnostic> {
    let without = |(i, acceptance): (usize, &Acceptance)| {
        let Acceptance { rule: accepted, at, reason, .. } = acceptance;
        let path = ModelPath::root().key("accept").index(i).key("reason");
        let message = format!("the acceptance of `{accepted}` at `{at}` has no reason");
        reason
            .as_str()
            .trim()
            .is_empty()
            .then(|| rule.finding(path, message).help("say why it is acceptable"))
    };
    deployment.accept.iter().enumerate().filter_map(without).collect()
}
