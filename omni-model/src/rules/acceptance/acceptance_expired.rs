use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Accepted, Context, Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "an acceptance is not past its last day",
    scope: Scope::Acceptances(check),
};

fn check(rule: &Rule, deployment: &Deployment, _: &[Accepted], context: &Context) -> Vec<Diagnostic> {
    let Some(today) = context.today else { return Vec::new() };
    let expired = |(i, acceptance): (usize, &Acceptance)| {
        let Acceptance { rule: accepted, at, until, .. } = acceptance;
        let until = (*until).filter(|until| today > *until)?;
        let path = ModelPath::root().key("accept").index(i).key("until");
        let message =
            format!("the acceptance of `{accepted}` at `{at}` expired on {until}; today is {today}");
        Some(rule.finding(path, message).help("fix what it accepts, or set a later day"))
    };
    deployment.accept.iter().enumerate().filter_map(expired).collect()
}
