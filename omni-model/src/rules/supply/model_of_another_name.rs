use crate::{
    deployment::{Deployment, Model},
    diagnostic::{Diagnostic, Severity},
    message::message,
    names::ModelName,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a model has the name of its repository",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, model): (&ModelName, &Model)| {
        let (_, repository) = model.repository.as_str().split_once('/')?;
        let family = family(name.as_str());
        let same_family = repository.to_lowercase().contains(&family);
        let (ours, theirs) = (numbers(name.as_str()), numbers(repository));
        let same_numbers = ours.iter().zip(&theirs).all(|(a, b)| a == b);
        (same_family && !same_numbers).then_some(())?;
        let message = message!(
            "`{model}` comes from {repository}, which is a different model",
            model = name,
            repository = model.repository,
        );
        let path = at("models", name).key("repository");
        Some(rule.finding(path, message).help("correct the repository, or the name of the model"))
    };
    deployment.models.iter().filter_map(find).collect()
}

/// The letters that a name begins with: `glm` of `glm-4.7`.
fn family(name: &str) -> String {
    name.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_lowercase()
}

/// The numbers in a name: 4 and 7 of `glm-4.7`.
fn numbers(name: &str) -> Vec<&str> {
    name.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).collect()
}
