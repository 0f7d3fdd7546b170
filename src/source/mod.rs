//! Where a deployment comes from: a value of the program, the `deployment!` macro, or a file.

mod finding;

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use omni_model::{
    Checked, Context, Deployment, Report, check,
    deployment::Acceptance,
    diagnostic::Diagnostic,
    document::{Document, Located},
    rules,
    units::Date,
};

pub use finding::{At, Finding, groups};

use crate::yaml;

/// A deployment, and what is known of where it is written.
#[derive(Clone, Debug)]
pub struct Source(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Value(Box<Deployment>),
    Document {
        document: Document,
        /// The text of a file.
        text: Option<String>,
        /// Why the text is no document.
        problems: Vec<Located>,
    },
}

/// What the rules say about a source.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The deployment, if it can be read, whether or not it has errors.
    pub deployment: Option<Deployment>,
    /// The deployment, if it has no error.
    pub checked: Option<Checked>,
    /// The errors, and the warnings that nobody has accepted: in the order of the text, if there is one.
    pub findings: Vec<Finding>,
    /// The warnings that the deployment accepts, and how.
    pub accepted: Vec<(Finding, Acceptance)>,
    /// How many rules ran.
    pub rules: usize,
}

impl Verdict {
    /// How many errors and warnings there are, and how many rules ran.
    pub fn summary(&self) -> String {
        let findings = self.findings.iter().map(|finding| finding.diagnostic.clone()).collect();
        Report { findings, rules: self.rules }.summary()
    }
}

impl Source {
    /// Reads a YAML file.
    ///
    /// # Errors
    /// If the file cannot be read, is longer than [`yaml::MAX_BYTES`], or is not UTF-8.
    pub fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let mut text = String::new();
        // One byte more than is read, to see that there is one.
        File::open(path)?.take(yaml::MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
        Ok(Self::yaml(path.display().to_string(), text))
    }

    /// Reads a text in YAML. `file` is what its findings call it.
    pub fn yaml(file: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let (document, problems) = yaml::read(file, &text);
        Self(Kind::Document { document, text: Some(text), problems })
    }

    /// Judges the deployment.
    pub fn check(&self, context: &Context) -> Verdict {
        match &self.0 {
            Kind::Value(deployment) => judge(deployment, context, |finding| finding.clone().into()),
            Kind::Document { document, text, problems } => {
                let found = |located: &Located| Finding::new(located, document, text.as_deref());
                let read = if problems.is_empty() { document.read() } else { Err(problems.clone()) };
                let problems = match read {
                    Err(problems) => problems,
                    Ok(deployment) => {
                        let located = |finding: &Diagnostic| {
                            found(&Located { finding: finding.clone(), span: document.locate(&finding.path) })
                        };
                        let mut verdict = judge(&deployment, context, located);
                        verdict.findings.sort_by_key(Finding::start);
                        return verdict;
                    }
                };
                Verdict {
                    deployment: None,
                    checked: None,
                    findings: problems.iter().map(found).collect(),
                    accepted: Vec::new(),
                    rules: rules::reading().count(),
                }
            }
        }
    }
}

/// What the rules are told from outside: the day, in UTC.
pub(crate) fn today() -> Context {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    Context { today: now.and_then(|now| Date::from_unix(now.as_secs())) }
}

fn judge(deployment: &Deployment, context: &Context, found: impl Fn(&Diagnostic) -> Finding) -> Verdict {
    let (checked, report) = match check(deployment.clone(), context) {
        Ok(checked) => (Some(checked.clone()), checked.warnings().clone()),
        Err(report) => (None, report),
    };
    let accepted = checked.iter().flat_map(Checked::accepted);
    Verdict {
        deployment: Some(deployment.clone()),
        findings: report.findings.iter().map(&found).collect(),
        accepted: accepted.map(|(finding, how)| (found(finding), how.clone())).collect(),
        rules: report.rules,
        checked,
    }
}

impl From<Deployment> for Source {
    fn from(deployment: Deployment) -> Self {
        Self(Kind::Value(Box::new(deployment)))
    }
}

impl From<&Deployment> for Source {
    fn from(deployment: &Deployment) -> Self {
        deployment.clone().into()
    }
}

/// What the macro has checked is judged again where it is used: there the day is known.
impl From<Checked> for Source {
    fn from(checked: Checked) -> Self {
        match checked.document() {
            Some(document) => {
                Self(Kind::Document { document: document.clone(), text: None, problems: Vec::new() })
            }
            None => (&*checked).into(),
        }
    }
}
