//! The one validator behind every door.

use std::ops::Deref;

use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Report, Severity},
    document::Document,
    rules,
    scenario::Scenario,
    units::Date,
};

/// What comes from outside.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// Today, for acceptances that have a last day; with none, no acceptance is past it.
    pub today: Option<Date>,
}

/// A deployment that has no error. Only [`check`] gives one; emitters take nothing else.
#[derive(Clone, Debug)]
pub struct Checked {
    deployment: Deployment,
    document: Option<Document>,
    warnings: Report,
    accepted: Vec<(Diagnostic, Acceptance)>,
}

impl Checked {
    /// The deployment that the `deployment!` macro has checked and [embedded](Document::embed).
    #[doc(hidden)]
    #[expect(clippy::expect_used, reason = "the macro, of the same release, has read and checked it")]
    pub fn from_embedded(text: &str) -> Self {
        let document = Document::from_embedded(text).expect("an embedded document");
        let checked = document.check(&Context::default()).expect("a deployment without errors");
        Self { document: Some(document), ..checked }
    }

    /// Where it is written, if the macro has read it.
    pub fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// The warnings that nobody has accepted.
    pub fn warnings(&self) -> &Report {
        &self.warnings
    }

    /// The warnings that the deployment accepts, and how.
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

/// Judges a deployment by every rule.
///
/// # Errors
/// Everything that the rules found, warnings among it, if anything of it is an error.
pub fn check(deployment: Deployment, context: &Context) -> Result<Checked, Report> {
    let scenarios = Scenario::all(&deployment);
    let mut findings: Vec<_> =
        rules::ALL.iter().flat_map(|rule| rule.findings(&deployment, &scenarios)).collect();
    let mut accepted = Vec::new();
    findings.retain(|finding| {
        let accepts =
            |acceptance: &&Acceptance| acceptance.rule == finding.rule && acceptance.at == finding.path;
        let acceptance = match finding.severity {
            Severity::Warning => deployment.accept.iter().find(accepts),
            Severity::Error => None,
        };
        accepted.extend(acceptance.map(|acceptance| (finding.clone(), acceptance.clone())));
        acceptance.is_none()
    });
    findings.extend(rules::acceptance::judge(&deployment, &accepted, context));
    let report = Report { findings, rules: rules::ALL.len() + rules::acceptance::ALL.len() };
    if report.errors().next().is_some() {
        return Err(report);
    }
    Ok(Checked { deployment, document: None, warnings: report, accepted })
}
