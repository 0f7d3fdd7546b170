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
    diagnostic::Diagnostic,
    document::{Document, Located},
    units::Date,
};

pub use finding::{At, Finding};

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
    /// The errors, and the warnings that nobody has accepted.
    pub findings: Vec<Finding>,
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
            Kind::Value(deployment) => {
                let (checked, findings) = judge(deployment, context);
                let findings = findings.into_iter().map(Finding::from).collect();
                Verdict { deployment: Some(deployment.as_ref().clone()), checked, findings }
            }
            Kind::Document { document, text, problems } => {
                let found = |located: &Located| Finding::new(located, document, text.as_deref());
                let unread = |problems: &[Located]| Verdict {
                    deployment: None,
                    checked: None,
                    findings: problems.iter().map(found).collect(),
                };
                if !problems.is_empty() {
                    return unread(problems);
                }
                match document.read::<Deployment>() {
                    Err(problems) => unread(&problems),
                    Ok(deployment) => {
                        let (checked, findings) = judge(&deployment, context);
                        let findings = document.locate_all(findings).iter().map(found).collect();
                        Verdict { deployment: Some(deployment), checked, findings }
                    }
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

fn judge(deployment: &Deployment, context: &Context) -> (Option<Checked>, Vec<Diagnostic>) {
    match check(deployment.clone(), context) {
        Ok(checked) => {
            let Report { findings, .. } = checked.warnings().clone();
            (Some(checked), findings)
        }
        Err(Report { findings, .. }) => (None, findings),
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
