//! A deployment as its author wrote it: a tree in which each key and each value knows its place.
//!
//! The `deployment!` macro and the YAML reader both produce a [`Document`]; everything after that is the same for both. Every
//! scalar is kept as text until its type in the model reads it, so `384 GiB` means the same in both forms.

mod de;
mod embed;
mod error;
mod read;
mod retired;
mod rust;
#[cfg(test)]
mod tests;

use crate::{
    diagnostic::Diagnostic,
    path::{ModelPath, Segment},
};

pub use read::MAX_ERRORS;

/// The maximum depth of nested maps and lists. No deployment comes close to it.
pub const MAX_DEPTH: usize = 32;

/// The number of a key or a value in its document. Each key and each value has a different number.
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
    /// Adds a key or a value at `place` and returns its number.
    pub fn add(&mut self, place: Place) -> Span {
        self.0.push(place);
        Span(self.0.len() - 1)
    }

    /// The place of the key or value with this number.
    pub fn get(&self, span: Span) -> Place {
        self.0.get(span.0).copied().unwrap_or_default()
    }
}

impl Span {
    /// The number itself, for readers that keep a table of their own in the same order.
    pub fn index(self) -> usize {
        self.0
    }
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its place. For a map or a list, this may be its opening brace or bracket only.
    pub span: Span,
}

/// A value of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An explicit nothing: `null` in YAML.
    Null,
    /// A text, not yet read: `384 GiB`, `8000`, `true`.
    Scalar(String),
    /// A list.
    Seq(Vec<Node>),
    /// A map in the order of the text, including duplicate keys.
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The place of the key.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

/// A deployment as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The name of the file, as the reader was given it.
    pub file: String,
    /// The place of each key and value.
    pub places: Places,
    /// The root of the tree.
    pub root: Node,
}

/// A finding and where it is shown: at a scalar value itself, and at the key of a map or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The finding.
    pub finding: Diagnostic,
    /// Where.
    pub span: Span,
}

impl Document {
    /// Where a finding about `path` is shown: at a scalar value itself, and at the key of a map or a list. For a path that the
    /// document does not have, this is the nearest enclosing value.
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
