use crate::{
    deployment::{Deployment, Part, Template},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a secret is named, not written down",
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
                let message = format!("`{variable}` of `{name}` is written down, and sounds like a secret");
                let help = format!("declare it in `secrets`, and name it in `services.{name}.secrets`");
                findings
                    .push(rule.finding(at("services", name).key("env").key(variable), message).help(help));
            }
        }
    }
    findings
}

/// Whether a variable's name says that its value is nobody's business.
fn is_secret(variable: &str) -> bool {
    let words: Vec<_> = variable.split('_').map(str::to_uppercase).collect();
    let pair = |pair: &[String]| PAIRS.iter().any(|secret| pair.iter().eq(secret.iter()));
    // A file that holds it is no secret, and neither is what it is called.
    let last = words.last().map(String::as_str);
    !matches!(last, Some("FILE" | "PATH" | "NAME" | "URL" | "TYPE" | "HEADER"))
        && (words.iter().any(|word| WORDS.contains(&word.as_str())) || words.windows(2).any(pair))
}

/// Whether a value is a text of its own: neither empty, nor a switch, nor a number, nor from elsewhere.
fn is_written(value: &Template) -> bool {
    let [Part::Text(text)] = value.parts() else { return false };
    let switch = ["true", "false", "yes", "no", "on", "off", "none", "disabled", "enabled"];
    !text.is_empty()
        && !text.bytes().all(|b| b.is_ascii_digit())
        && !switch.contains(&text.to_lowercase().as_str())
}
