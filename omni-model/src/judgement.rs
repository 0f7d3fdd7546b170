//! The findings of the rules for a source, with their places, groups and texts. The macro, the build gate and the command line
//! all use this module. They differ only in how they print.

use std::fmt;

use crate::{
    check::{Checked, check},
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Report, groups},
    document::{Document, Located, Place, Span},
    path::ModelPath,
    rules::{self, Context},
    shown::Shown,
};

/// The findings of the rules for a deployment or a document.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The deployment, with or without errors. `None` if it cannot be read.
    pub deployment: Option<Deployment>,
    /// The checked deployment. `None` if it has an error.
    pub checked: Option<Checked>,
    /// The errors and the warnings that are not accepted, in the order of the document if there is one.
    pub findings: Vec<Finding>,
    /// The warnings that the deployment accepts, with their acceptances.
    pub accepted: Vec<(Finding, Acceptance)>,
    /// How many rules ran.
    pub rules: usize,
}

/// A diagnostic and its place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub diagnostic: Diagnostic,
    /// Its place in the source. `None` if the source is a value of the program.
    pub at: Option<At>,
    /// The places of the related paths of the diagnostic, in the same order.
    pub related: Vec<At>,
}

/// A range in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The file.
    pub file: String,
    /// The key or value in the document.
    pub span: Span,
    /// The lines and columns of the range.
    pub place: Place,
    /// The text of the first line. `None` if the text of the file is not known.
    pub line: Option<String>,
}

/// Writes `file:line:column`, which editors can open.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, place: Place { line, column, .. }, .. } = self;
        write!(f, "{}:{line}:{column}", Shown(file))
    }
}

impl Judgement {
    /// Judges a deployment that has no source text.
    pub fn of(deployment: Deployment, context: &Context) -> Self {
        Self::judge(deployment, context, Finding::from)
    }

    /// Reads a document as a deployment, and judges it. `problems` are the problems that the document's reader found: if there
    /// are any, the document is not read as a deployment. A deployment that cannot be read is not judged. `text` is the text of
    /// the file, if there is one.
    pub fn of_document(
        document: &Document,
        problems: Vec<Located>,
        text: Option<&str>,
        context: &Context,
    ) -> Self {
        let lines: Vec<_> = text.into_iter().flat_map(lines).collect();
        let at = |span: Span| {
            let place = document.places.get(span);
            let line = place.line.checked_sub(1).and_then(|line| lines.get(line));
            At { file: document.file.clone(), span, place, line: line.map(|line| (*line).to_owned()) }
        };
        let finding = |Located { finding: diagnostic, span }: Located| {
            let related =
                diagnostic.related.iter().map(|related| at(document.locate(&related.path))).collect();
            Finding { diagnostic, at: Some(at(span)), related }
        };
        let read = if problems.is_empty() { document.read() } else { Err(problems) };
        match read {
            Ok(deployment) => {
                let locate = |diagnostic: Diagnostic| {
                    let span = document.locate(&diagnostic.path);
                    finding(Located { finding: diagnostic, span })
                };
                let mut judgement = Self::judge(deployment, context, locate);
                judgement.findings.sort_by_key(Finding::start);
                judgement
            }
            Err(problems) => Self {
                deployment: None,
                checked: None,
                findings: problems.into_iter().map(finding).collect(),
                accepted: Vec::new(),
                rules: rules::reading().count(),
            },
        }
    }

    fn judge(deployment: Deployment, context: &Context, finding: impl Fn(Diagnostic) -> Finding) -> Self {
        let (checked, report) = match check(deployment.clone(), context) {
            Ok(checked) => (Some(checked.clone()), checked.warnings().clone()),
            Err(report) => (None, report),
        };
        let accepted = checked.iter().flat_map(Checked::accepted);
        Self {
            deployment: Some(deployment),
            findings: report.findings.into_iter().map(&finding).collect(),
            accepted: accepted.map(|(found, how)| (finding(found.clone()), how.clone())).collect(),
            rules: report.rules,
            checked,
        }
    }

    /// Returns the findings in groups. Findings of the same rule with the same text form one group.
    pub fn groups(&self) -> Vec<Vec<&Finding>> {
        groups(&self.findings, |finding| &finding.diagnostic)
    }

    /// Returns the numbers of errors and warnings, and how many rules ran.
    pub fn summary(&self) -> String {
        let findings = self.findings.iter().map(|finding| finding.diagnostic.clone()).collect();
        Report { findings, rules: self.rules }.summary()
    }
}

/// Creates a finding without a place.
impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, at: None, related: Vec::new() }
    }
}

impl Finding {
    /// Returns where the finding starts in its document.
    fn start(&self) -> Option<(usize, usize, Span)> {
        self.at.as_ref().map(|at| (at.place.line, at.place.column, at.span))
    }

    /// Returns the finding without its severity and its own place, but with the related places.
    pub fn text(&self) -> String {
        let place = |path: &ModelPath| {
            let places = self.diagnostic.related.iter().zip(&self.related);
            let at = places.into_iter().find(|(related, _)| related.path == *path).map(|(_, at)| at);
            at.map_or_else(|| path.to_string(), At::to_string)
        };
        self.diagnostic.text(place)
    }
}

/// Returns the lines of a text, with line breaks as defined by YAML.
/// <https://yaml.org/spec/1.2.2/#54-line-break-characters>
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r']) else { return rest.take() };
        let (line, after) = text.split_at(end);
        let length = if after.starts_with("\r\n") { 2 } else { 1 };
        rest = after.get(length..);
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_in_yaml() {
        let all = |text| lines(text).collect::<Vec<_>>();
        assert_eq!(all("a\nb\r\nc\rd"), ["a", "b", "c", "d"]);
        assert_eq!(all("\n\r\r\n"), ["", "", "", ""]);
        assert_eq!(all(""), [""]);
    }
}
