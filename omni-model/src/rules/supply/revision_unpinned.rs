use crate::{
    deployment::{Deployment, Model},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "each model is pinned to a revision of its repository",
    scope: Scope::Deployment(check),
};

/// Branches that move with every upload.
const BRANCHES: [&str; 2] = ["main", "master"];

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, model): (&_, &Model)| {
        let path = at("models", name);
        let path = match &model.revision {
            None => path,
            Some(revision) if BRANCHES.contains(&revision.as_str()) => path.key("revision"),
            Some(_) => return None,
        };
        let message = message!(
            "`{model}` is not pinned to a revision of {repository}",
            model = name,
            repository = model.repository,
        );
        Some(rule.finding(path, message).help("set `revision` to a commit of the repository"))
    };
    deployment.models.iter().filter_map(find).collect()
}
