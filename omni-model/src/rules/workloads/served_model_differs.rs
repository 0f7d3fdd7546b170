use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service is asked for the model that it serves, by the name that it serves it under",
    scope: Scope::Deployment(check),
};

/// The arguments that name the model: of SGLang and vLLM, and of llama.cpp's server.
const NAMES: [&str; 2] = ["--served-model-name", "--alias"];

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let asked = &service.inference.as_ref()?.served_model;
        let served = service.argument(&NAMES).filter(|served| *served != asked.as_str())?;
        let message = format!("`{name}` serves `{served}`, and is asked for `{asked}`");
        let path = at("services", name).key("inference").key("served_model");
        Some(rule.finding(path, message).help(format!("ask for `{served}`")))
    };
    deployment.services.iter().filter_map(find).collect()
}
