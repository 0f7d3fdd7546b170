//! Reading a document into a type, with everything that is wrong in it reported at once.

use std::collections::HashMap;

use serde::de::DeserializeOwned;

use super::{
    Document, Node, Span, Value,
    de::NodeDeserializer,
    error::{Problem, Pruned},
};
use crate::path::{ModelPath, Segment};

/// More than so many errors help nobody, and each costs a reading of the document.
const MAX_ERRORS: usize = 100;

/// What is wrong with a document before it is a deployment: an unknown key, a missing one, a value that its type refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DocumentError {
    /// What is wrong: the key or the value, or the map that lacks a key.
    pub path: ModelPath,
    /// What is wrong with it, in one sentence.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// The other place involved, and what stands there.
    pub related: Option<(Span, &'static str)>,
    /// Where to point.
    pub span: Span,
}

impl Document {
    /// Reads the document as a `T`.
    ///
    /// serde stops at its first error. So each error is recorded, the value at fault is left out, and the document is read
    /// again; an error that is there only because something was left out is not reported.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the document.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<DocumentError>> {
        let mut errors = Vec::new();
        let mut pruned = Pruned::new();
        find_duplicates(&self.root, &mut Vec::new(), &mut |error, value| {
            errors.push(error);
            pruned.insert(value);
        });
        while errors.len() < MAX_ERRORS {
            let view = (&self.root).into();
            let error = match T::deserialize(NodeDeserializer { view, pruned: &pruned }) {
                Ok(value) if errors.is_empty() => return Ok(value),
                Ok(_) => break,
                Err(error) => error.found_at(self.root.span, view, &pruned),
            };
            let Some((span, culprit)) = error.at else { break };
            if !error.quiet {
                let path: ModelPath = error.path.into_iter().rev().collect();
                let (message, help) = match error.problem {
                    Problem::Other { message, help } => (message, help),
                    Problem::MissingKey(key) if path == ModelPath::root() => {
                        (format!("key `{key}` is missing"), None)
                    }
                    Problem::MissingKey(key) => (format!("key `{key}` is missing in `{path}`"), None),
                };
                errors.push(DocumentError { path, message, help, related: None, span });
            }
            if culprit == self.root.span || !pruned.insert(culprit) {
                break;
            }
        }
        errors.sort_by_key(|error| error.span);
        Err(errors)
    }
}

/// Reports each key that its map has already, with the span of the value that it stands for.
fn find_duplicates(node: &Node, path: &mut Vec<Segment>, report: &mut impl FnMut(DocumentError, Span)) {
    match &node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Segment::Index(index));
                find_duplicates(item, path, report);
                path.pop();
            }
        }
        Value::Map(entries) => {
            let mut first = HashMap::new();
            for entry in entries {
                path.push(Segment::Key(entry.key.clone()));
                if let Some(earlier) = first.get(&entry.key) {
                    let error = DocumentError {
                        path: path.iter().cloned().collect(),
                        message: format!("`{}` is given twice", entry.key),
                        help: Some("keep one of the two".into()),
                        related: Some((*earlier, "the first")),
                        span: entry.key_span,
                    };
                    report(error, entry.node.span);
                } else {
                    first.insert(&entry.key, entry.key_span);
                    find_duplicates(&entry.node, path, report);
                }
                path.pop();
            }
        }
    }
}
