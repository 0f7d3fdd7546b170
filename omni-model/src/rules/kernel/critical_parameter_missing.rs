use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "critical kernel parameters are on the command line, with the same value",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        let Some(kernel) = &host.kernel else { continue };
        let path = at("hosts", name).key("kernel");
        let critical = kernel.critical.iter().enumerate();
        for (i, parameter) in critical.filter(|(_, it)| !kernel.parameters.contains_key(*it)) {
            let here = path.key("critical").index(i);
            let other = kernel.parameters.keys().find(|other| other.name() == parameter.name());
            findings.push(match other {
                Some(other) => {
                    let message = message!(
                        "`{parameter}` is critical on `{host}`, but the command line has `{other}`",
                        parameter,
                        host = name,
                        other,
                    );
                    let finding = rule.finding(here, message).help("correct one of the two");
                    finding.related(path.key("parameters").key(other), "the other value")
                }
                None => {
                    let message = message!(
                        "`{parameter}` is critical on `{host}`, but it is not on the command line",
                        parameter,
                        host = name,
                    );
                    rule.finding(here, message).help(format!("add it to `{}`", path.key("parameters")))
                }
            });
        }
    }
    findings
}
