//! The one validator that every entry point uses.

use std::ops::Deref;

pub use crate::rules::Context;
use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Report, Severity},
    document::Document,
    facts::Facts,
    rules::{self, Scope},
};

/// A deployment without errors. Only [`check`] returns one, and emitters accept nothing else.
#[derive(Clone, Debug)]
pub struct Checked {
    deployment: Deployment,
    document: Option<Document>,
    warnings: Report,
    accepted: Vec<(Diagnostic, Acceptance)>,
}

impl Checked {
    /// Returns each option of the deployment with the facts that follow from it, in order.
    pub fn facts(&self) -> Vec<Facts<'_>> {
        Facts::all(self)
    }

    /// Returns the deployment that the `deployment!` macro has checked and [embedded](Document::embed).
    #[doc(hidden)]
    #[expect(clippy::expect_used, reason = "the macro, of the same release, has read and checked it")]
    pub fn from_embedded(text: &str) -> Self {
        let document = Document::from_embedded(text).expect("an embedded document");
        let checked = check(document.read().expect("a deployment"), &Context::default())
            .expect("a deployment without errors");
        Self { document: Some(document), ..checked }
    }

    /// Returns the document that the deployment was read from. `None` if the macro did not read it.
    pub fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// Returns the warnings that are not accepted.
    pub fn warnings(&self) -> &Report {
        &self.warnings
    }

    /// Returns the warnings that the deployment accepts, with their acceptances.
    pub fn accepted(&self) -> &[(Diagnostic, Acceptance)] {
        &self.accepted
    }
}

impl Deref for Checked {
    type Target = Deployment;

    fn deref(&self) -> &Deployment {
        &self.deployment
    }
}

impl From<Checked> for Deployment {
    fn from(checked: Checked) -> Self {
        checked.deployment
    }
}

/// Checks a deployment against every rule.
///
/// # Errors
/// Returns all findings, including warnings, if at least one of them is an error.
pub fn check(deployment: Deployment, context: &Context) -> Result<Checked, Report> {
    let options = Facts::all(&deployment);
    let mut findings: Vec<_> =
        rules::judging().flat_map(|rule| rule.findings(&deployment, &options)).collect();
    let mut accepted = Vec::new();
    findings.retain(|finding| {
        let acceptance = match finding.severity {
            Severity::Warning => deployment.accept.iter().find(|it| accepts(it, finding)),
            Severity::Error => None,
        };
        accepted.extend(acceptance.map(|acceptance| (finding.clone(), acceptance.clone())));
        acceptance.is_none()
    });
    for rule in rules::judging() {
        if let Scope::Acceptances(check) = rule.scope {
            findings.extend(check(rule, &deployment, &accepted, context));
        }
    }
    let report = Report { findings, rules: rules::judging().count() };
    if report.errors().next().is_some() {
        return Err(report);
    }
    Ok(Checked { deployment, document: None, warnings: report, accepted })
}

/// Returns whether an acceptance names the rule of a warning, by id or by name, and its path.
fn accepts(acceptance: &Acceptance, finding: &Diagnostic) -> bool {
    let is_its_rule = || rules::find(acceptance.rule.as_str()).is_some_and(|rule| rule.id == finding.rule);
    acceptance.at == finding.path && is_its_rule()
}
