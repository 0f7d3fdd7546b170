use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "no kernel parameter is both set and dropped",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        let Some(kernel) = &host.kernel else { continue };
        let path = at("hosts", name).key("kernel");
        let drops = kernel.drops.iter().enumerate();
        for (i, dropped) in drops.filter(|(_, dropped)| kernel.parameters.contains_key(*dropped)) {
            let message = message!(
                "`{parameter}` is in both `parameters` and `drops` of `{host}`",
                parameter = dropped,
                host = name,
            );
            let finding = rule.finding(path.key("drops").index(i), message);
            let finding = finding.related(path.key("parameters").key(dropped), "where it is set");
            findings.push(finding.help("remove it from one of the two"));
        }
    }
    findings
}
