//! The source of a deployment: a value of the program, the `deployment!` macro, or a file.

mod excerpt;

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use omni_model::{
    Checked, Context, Deployment, Judgement,
    document::{Document, Located},
    units::Date,
};

pub(crate) use excerpt::location;

use crate::yaml;

/// A deployment, and what is known about where it is written.
#[derive(Clone, Debug)]
pub struct Source(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Value(Box<Deployment>),
    Document {
        document: Document,
        /// The text of the file.
        text: Option<String>,
        /// The problems that keep the text from being a document.
        problems: Vec<Located>,
    },
}

impl Source {
    /// Reads a YAML file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, is longer than [`yaml::MAX_BYTES`], or is not UTF-8.
    pub fn file(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let mut text = String::new();
        // Read one byte more than allowed, to detect that the file is too long.
        File::open(path)?.take(yaml::MAX_BYTES as u64 + 1).read_to_string(&mut text)?;
        Ok(Self::yaml(path.display().to_string(), text))
    }

    /// Creates a source from a YAML text. `file` is the file name in its findings.
    pub fn yaml(file: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let (document, problems) = yaml::read(file, &text);
        Self(Kind::Document { document, text: Some(text), problems })
    }

    /// Checks the deployment.
    pub fn check(&self, context: &Context) -> Judgement {
        match &self.0 {
            Kind::Value(deployment) => Judgement::of((**deployment).clone(), context),
            Kind::Document { document, text, problems } => {
                Judgement::of_document(document, problems.clone(), text.as_deref(), context)
            }
        }
    }
}

/// Returns the context of the rules: the current date in UTC.
pub(crate) fn today() -> Context {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    Context { today: now.and_then(|now| Date::from_unix(now.as_secs())) }
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

/// The rules run again when the program runs, because only then the date is known.
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
