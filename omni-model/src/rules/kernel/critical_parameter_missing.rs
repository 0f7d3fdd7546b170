use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the kernel parameters that are declared critical are on the command line, with the same value",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        let Some(kernel) = &host.kernel else { continue };
        let missing = kernel.critical.iter().enumerate();
        for (i, critical) in missing.filter(|(_, critical)| !kernel.parameters.contains_key(*critical)) {
            let path = at("hosts", name).key("kernel");
            let other = kernel.parameters.keys().find(|parameter| parameter.name() == critical.name());
            let there = match other {
                Some(other) => format!("the command line has `{other}`"),
                None => "it is not on the command line".to_owned(),
            };
            let finding = rule.finding(
                path.key("critical").index(i),
                format!("`{critical}` is critical to `{name}`, and {there}"),
            );
            let help = format!("add it to `{}`", path.key("parameters"));
            findings.push(match other {
                Some(other) => finding.related(path.key("parameters").key(other), "the other value"),
                None => finding.help(help),
            });
        }
    }
    findings
}
