use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    registry::packages,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "no command uses a name that is not what it seems",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let of_services = deployment.services.iter().map(|(name, service)| {
        let words: Vec<_> = service.command.iter().chain(&service.args).map(ToString::to_string).collect();
        (at("services", name).key("command"), words.join(" "))
    });
    let afterwards = deployment.operations.post_deployment.iter().map(|post| {
        let path = ModelPath::root().key("operations").key("post_deployment").key("command");
        (path, post.command.to_string())
    });
    let mut findings = Vec::new();
    for (path, command) in of_services.chain(afterwards) {
        for misnomer in packages::in_command(&command) {
            let message = format!("`{}` {}", misnomer.word, misnomer.what);
            findings.push(rule.finding(path.clone(), message).help(format!("take {}", misnomer.instead)));
        }
    }
    findings
}
