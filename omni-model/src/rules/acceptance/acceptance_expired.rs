use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Accepted, Context, Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "no acceptance has expired",
    scope: Scope::Acceptances(check),
};

fn check(rule: &Rule, deployment: &Deployment, _: &[Accepted], context: &Context) -> Vec<Diagnostic> {
    let Some(today) = context.today else { return Vec::new() };
    let expired = |(i, acceptance): (usize, &Acceptance)| {
        let Acceptance { rule: accepted, at, until, .. } = acceptance;
        let until = (*until).filter(|until| today > *until)?;
        let path = ModelPath::root().key("accept").index(i).key("until");
        let message = message!(
            "the acceptance of `{rule}` at `{at}` expired on {until}, and today is {today}",
            rule = accepted,
            at,
            until,
            today,
        );
        Some(rule.finding(path, message).help("fix the warning, or set `until` to a later day"))
    };
    deployment.accept.iter().enumerate().filter_map(expired).collect()
}
