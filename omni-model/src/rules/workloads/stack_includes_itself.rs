use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    names::StackName,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "no stack includes itself, directly or through others",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, stack) in &deployment.stacks {
        for (i, included) in stack.includes.iter().enumerate() {
            if !reaches(deployment, included, name) {
                continue;
            }
            let message = if included == name {
                message!("stack `{stack}` includes itself", stack = name)
            } else {
                message!("stack `{stack}` includes itself through `{included}`", stack = name, included)
            };
            let path = at("stacks", name).key("includes").index(i);
            let finding = rule.finding(path.clone(), message);
            findings.push(finding.help(format!("remove `{included}` from `includes`")).fix(path, ()));
        }
    }
    findings
}

/// Whether a stack is another, or includes it directly or through others.
fn reaches(deployment: &Deployment, from: &StackName, to: &StackName) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(stack) = seen.get(next) {
        let included = deployment.stacks.get(*stack).map_or(&[][..], |stack| stack.includes.as_slice());
        let new: Vec<_> = included.iter().filter(|name| !seen.contains(name)).collect();
        seen.extend(new);
        next += 1;
    }
    seen.contains(&to)
}
