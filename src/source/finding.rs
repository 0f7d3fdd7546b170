//! A finding and its place, as people read it.

use std::fmt;

use omni_model::{
    ModelPath,
    diagnostic::Diagnostic,
    document::{Document, Located, Place, Span},
};

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The file.
    pub file: String,
    /// Where in it.
    pub place: Place,
}

impl At {
    fn new(document: &Document, span: Span) -> Self {
        Self { file: document.file.clone(), place: document.places.get(span) }
    }
}

/// As editors take it: `file:line:column`.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, place: Place { line, column, .. } } = self;
        write!(f, "{file}:{line}:{column}")
    }
}

/// A finding, and where it is written if that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub diagnostic: Diagnostic,
    /// Where.
    pub at: Option<At>,
    /// Where the related places are, in their order.
    pub related: Vec<At>,
    /// The line of the text.
    line: Option<String>,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostic, at: None, related: Vec::new(), line: None }
    }
}

impl Finding {
    pub(super) fn new(Located { finding, span }: &Located, document: &Document, text: Option<&str>) -> Self {
        let at = At::new(document, *span);
        let line = text.and_then(|text| text.lines().nth(at.place.line.checked_sub(1)?)).map(printable);
        let related =
            finding.related.iter().map(|related| At::new(document, document.locate(&related.path))).collect();
        Self { diagnostic: finding.clone(), at: Some(at), related, line }
    }

    /// Where the finding stands among others of its text.
    pub(super) fn start(&self) -> Option<(usize, usize)> {
        self.at.as_ref().map(|at| (at.place.line, at.place.column))
    }

    /// The finding without its severity and margin: what it is.
    pub fn text(&self) -> String {
        let place = |path: &ModelPath| {
            let places = self.diagnostic.related.iter().zip(&self.related);
            let at = places.into_iter().find(|(related, _)| related.path == *path).map(|(_, at)| at);
            at.map_or_else(|| path.to_string(), At::to_string)
        };
        self.diagnostic.text(place)
    }

    /// Where the finding is: its file, line and column, and the line with the place underlined; or its path.
    pub fn location(&self) -> String {
        let Some(at) = &self.at else { return format!("  --> {}\n", self.diagnostic.path) };
        let number = at.place.line.to_string();
        let gutter = " ".repeat(number.len());
        let mut text = format!("{gutter}--> {at}\n");
        if let Some(line) = &self.line {
            let Place { line: first, column, end_line, end_column } = at.place;
            let end = if end_line == first { end_column } else { line.chars().count() + 1 };
            let caret = format!(
                "{:2$}{}",
                "",
                "^".repeat(end.saturating_sub(column).max(1)),
                column.saturating_sub(1)
            );
            text += &format!("{gutter} |\n{number} | {line}\n{gutter} | {caret}\n");
        }
        text
    }
}

/// The findings, those with one cause together: of several places a rule says the same.
pub fn groups(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let is_same =
        |a: &Diagnostic, b: &Diagnostic| (a.rule, &a.message, &a.help) == (b.rule, &b.message, &b.help);
    for finding in findings {
        let has_cause = |group: &&mut Vec<&Finding>| {
            group.first().is_some_and(|first| is_same(&first.diagnostic, &finding.diagnostic))
        };
        match groups.iter_mut().find(has_cause) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// A line in which each character takes one column, and none commands a terminal.
fn printable(line: &str) -> String {
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
