//! A deployment as it is written: a tree that knows where each key and each value stands.
//!
//! The `deployment!` macro and the YAML reader make a [`Document`] each; from there on there is one path. Every
//! scalar is a text, which the type that stands for it in the model reads, so that `384 GiB` means the same in both.

mod de;
mod embed;
mod error;
mod read;
mod rust;
#[cfg(test)]
mod tests;

use crate::{
    diagnostic::Diagnostic,
    path::{ModelPath, Segment},
};

pub use read::MAX_ERRORS;

/// How many maps and lists may stand in each other; a deployment has fewer, and what nests without end is refused.
pub const MAX_DEPTH: usize = 32;

/// The number of a key or a value in its document. No two keys or values of a document have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(usize);

/// A piece of a file. Lines and columns are counted from 1, columns in characters, and the end is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The line of the first character.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// The line of the last character.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
}

/// The places of a document's keys and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(Vec<Place>);

impl Places {
    /// The number of a new key or value that stands at `place`.
    pub fn add(&mut self, place: Place) -> Span {
        self.0.push(place);
        Span(self.0.len() - 1)
    }

    /// Where the key or value of that number stands.
    pub fn get(&self, span: Span) -> Place {
        self.0.get(span.0).copied().unwrap_or_default()
    }
}

impl Span {
    /// The number itself: a reader that keeps more about a place than [`Place`] has a table in the same order.
    pub fn index(self) -> usize {
        self.0
    }
}

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What stands there.
    pub value: Value,
    /// Where it stands. For a map or a sequence this may be its opening only.
    pub span: Span,
}

/// What can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, said in so many words: YAML's `null`.
    Null,
    /// A text, not yet read: `384 GiB`, `8000`, `true`.
    Scalar(String),
    /// A list.
    Seq(Vec<Node>),
    /// A map, in the order in which it is written, with the keys that stand there twice.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

/// A deployment as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file, as its reader was told its name.
    pub file: String,
    /// Where each key and value stands.
    pub places: Places,
    /// The whole.
    pub root: Node,
}

/// A finding, and where it is shown: at the value if that is a scalar, else at its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// What was found.
    pub finding: Diagnostic,
    /// Where.
    pub span: Span,
}

impl Document {
    /// Where a diagnostic about `path` belongs: at the value if that is a scalar, else at its key, which says more than
    /// a brace. What is not in the document is answered with what stands nearest around it.
    pub fn locate(&self, path: &ModelPath) -> Span {
        self.nearest(path).0
    }

    /// Whether `path` stands in the document.
    pub fn has(&self, path: &ModelPath) -> bool {
        self.nearest(path).1
    }

    /// The place of `path` and `true`, or that of what stands nearest around it and `false`.
    fn nearest(&self, path: &ModelPath) -> (Span, bool) {
        let mut node = &self.root;
        let mut span = node.span;
        for segment in path.segments() {
            let found = match (&node.value, segment) {
                (Value::Map(entries), Segment::Key(key)) => {
                    entries.iter().find(|entry| entry.key == *key).map(|entry| (&entry.node, entry.key_span))
                }
                (Value::Seq(items), Segment::Index(index)) => items.get(*index).map(|item| (item, item.span)),
                _ => None,
            };
            let Some((inner, outer_span)) = found else { return (span, false) };
            node = inner;
            span = if matches!(inner.value, Value::Scalar(_)) { inner.span } else { outer_span };
        }
        (span, true)
    }
}
