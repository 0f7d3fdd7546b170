//! S001

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Rule, at},
};

/// What runs tomorrow is what was tried today.
pub(crate) static RULE: Rule = Rule {
    id: "S001",
    name: "image-unpinned",
    severity: Severity::Warning,
    summary: "an image has a tag other than `latest`, or a digest",
    docs: include_str!("image.md"),
    check,
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let unpinned = deployment.services.iter().filter_map(|(name, service)| {
        let image = &service.image.reference;
        if image.digest().is_some() || image.tag().is_some_and(|tag| tag != "latest") {
            return None;
        }
        let message = format!("`{name}` runs whatever `{image}` is on the day that it is pulled");
        let path = at("services", name).key("image").key("reference");
        Some(rule.finding(path, message).help("name a release as the tag, or a digest"))
    });
    unpinned.collect()
}
