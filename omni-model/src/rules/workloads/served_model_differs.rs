use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "`inference.served_model` is the name under which the service serves its model",
    scope: Scope::Deployment(check),
};

/// The arguments that name the model: of SGLang and vLLM, and of llama.cpp's server.
const NAMES: [&str; 2] = ["--served-model-name", "--alias"];

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let expected = &service.inference.as_ref()?.served_model;
        let served = service.argument(&NAMES).filter(|served| *served != expected.as_str())?;
        let message = message!(
            "`{name}` serves its model as `{served}`, but `inference.served_model` is `{expected}`",
            name,
            served,
            expected,
        );
        let path = at("services", name).key("inference").key("served_model");
        let help = format!("set `served_model: {served}`");
        Some(rule.finding(path.clone(), message).help(help).fix(path, served))
    };
    deployment.services.iter().filter_map(find).collect()
}
