use crate::{
    deployment::{Deployment, Part, Template},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "the deployment contains no value of a secret",
    scope: Scope::Deployment(check),
};

const WORDS: [&str; 9] =
    ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "CREDENTIAL", "CREDENTIALS", "PASSPHRASE", "AUTH"];
const PAIRS: [[&str; 2]; 3] = [["API", "KEY"], ["PRIVATE", "KEY"], ["ACCESS", "KEY"]];

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        for (variable, value) in &service.env {
            if is_secret(variable.as_str()) && is_written(value) {
                let message = message!(
                    "`{variable}` of `{service}` looks like a secret, but its value is in the deployment",
                    variable,
                    service = name,
                );
                let help = format!("declare it in `secrets`, and refer to it in `services.{name}.secrets`");
                findings
                    .push(rule.finding(at("services", name).key("env").key(variable), message).help(help));
            }
        }
    }
    findings
}

/// Whether the name of a variable says that its value is a secret.
fn is_secret(variable: &str) -> bool {
    let words: Vec<_> = variable.split('_').map(str::to_uppercase).collect();
    let pair = |pair: &[String]| PAIRS.iter().any(|secret| pair.iter().eq(secret.iter()));
    // The path of a file with a secret is no secret, and neither is its name.
    let last = words.last().map(String::as_str);
    !matches!(last, Some("FILE" | "PATH" | "NAME" | "URL" | "TYPE" | "HEADER"))
        && (words.iter().any(|word| WORDS.contains(&word.as_str())) || words.windows(2).any(pair))
}

/// Whether a value is literal text that may be a secret: not empty, a switch or a number, and without a reference.
fn is_written(value: &Template) -> bool {
    let [Part::Text(text)] = value.parts() else { return false };
    let switch = ["true", "false", "yes", "no", "on", "off", "none", "disabled", "enabled"];
    !text.is_empty()
        && !text.bytes().all(|b| b.is_ascii_digit())
        && !switch.contains(&text.to_lowercase().as_str())
}
