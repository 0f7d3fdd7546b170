use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    names::StackName,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "no stack includes itself, on any way",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, stack) in &deployment.stacks {
        for (i, included) in stack.includes.iter().enumerate() {
            if reaches(deployment, included, name) {
                let message = format!("stack `{name}` includes itself, by `{included}`");
                let path = at("stacks", name).key("includes").index(i);
                findings.push(rule.finding(path, message).help(format!("take `{included}` out")));
            }
        }
    }
    findings
}

/// Whether a stack includes another, directly or by others.
fn reaches(deployment: &Deployment, from: &StackName, to: &StackName) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(stack) = seen.get(next) {
        let included: Vec<_> =
            deployment.stacks.get(*stack).map(|s| s.includes.iter().collect()).unwrap_or_default();
        let new: Vec<_> = included.into_iter().filter(|name| !seen.contains(name)).collect();
        seen.extend(new);
        next += 1;
    }
    seen.contains(&to)
}
