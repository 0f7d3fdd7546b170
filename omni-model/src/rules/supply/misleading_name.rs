use crate::{
    catalog::packages,
    deployment::{Deployment, Template},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "no command uses a misleading or retired name",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let of_services = deployment.services.iter().map(|(name, service)| {
        let (path, command) = (at("services", name), words(&service.command));
        (path.key("command"), command, Some((path.key("args"), words(&service.args))))
    });
    let afterwards = deployment.operations.post_deployment.iter().map(|post| {
        let path = ModelPath::root().key("operations").key("post_deployment").key("command");
        (path, post.command.to_string(), None)
    });
    let mut findings = Vec::new();
    for (path, command, args) in of_services.chain(afterwards) {
        let (args_path, args) = args.unwrap_or_else(|| (path.clone(), String::new()));
        for misnomer in packages::in_command(&format!("{command} {args}")) {
            let path = if command.contains(misnomer.word) { &path } else { &args_path };
            let message = message!("`{word}` {problem}", word = misnomer.word, problem = misnomer.what);
            findings.push(rule.finding(path.clone(), message).help(format!("use {}", misnomer.instead)));
        }
    }
    findings
}

fn words(command: &[Template]) -> String {
    command.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
