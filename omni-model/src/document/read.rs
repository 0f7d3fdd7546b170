//! Reads a document into a type and reports all errors at once.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::{
    Document, Located, Node, Span, Value,
    de::NodeDeserializer,
    error::{Problem, Pruned},
};
use crate::{
    message::message,
    path::{ModelPath, Segment},
    rules::{D003 as MISSING_KEY, D004 as DUPLICATE_KEY},
};

/// The maximum number of errors that are reported for a document.
pub const MAX_ERRORS: usize = 100;

impl Document {
    /// Reads the document as a `T`.
    ///
    /// serde stops at its first error. So each error is recorded, the wrong value is skipped, and the document is read again.
    /// Errors that may be a consequence of a skipped value are not reported.
    ///
    /// # Errors
    /// All errors, in the order of the document.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<Located>> {
        let mut errors = Vec::new();
        let mut pruned = Pruned::new();
        find_duplicates(&self.root, &mut Vec::new(), &mut |error, value| {
            pruned.insert(value);
            errors.push(error);
            errors.len() < MAX_ERRORS
        });
        let mut reached = self.root.span;
        while errors.len() < MAX_ERRORS {
            let view = (&self.root).into();
            let error = match T::deserialize(NodeDeserializer { view, pruned: &pruned, reached }) {
                Ok(value) if errors.is_empty() => return Ok(value),
                Ok(_) => break,
                Err(error) => error.found_at(self.root.span, view, &pruned),
            };
            let Some((span, culprit)) = error.at else { break };
            if !error.quiet {
                let path: ModelPath = error.path.into_iter().rev().collect();
                let (rule, message, help) = match error.problem {
                    Problem::Other { rule, message, help } => (rule, *message, help),
                    Problem::MissingKey(key) if path == ModelPath::root() => {
                        (&MISSING_KEY, message!("key `{key}` is missing", key), None)
                    }
                    Problem::MissingKey(key) => (
                        &MISSING_KEY,
                        message!("key `{key}` is missing in `{map}`", key, map = path.to_string()),
                        None,
                    ),
                };
                let mut finding = rule.finding(path, message);
                finding.help = help;
                errors.push(Located { finding, span });
            }
            reached = reached.max(culprit);
            if culprit == self.root.span || !pruned.insert(culprit) {
                break;
            }
        }
        errors.sort_by_key(|error| error.span);
        Err(errors)
    }
}

/// Calls `report` for each key that is given again in its map, with the span of its value. Stops, and returns `false`, as soon as
/// `report` returns `false`.
fn find_duplicates(
    node: &Node,
    path: &mut Vec<Segment>,
    report: &mut impl FnMut(Located, Span) -> bool,
) -> bool {
    match &node.value {
        Value::Null | Value::Scalar(_) => true,
        Value::Seq(items) => items.iter().enumerate().all(|(index, item)| {
            path.push(Segment::Index(index));
            let goes_on = find_duplicates(item, path, report);
            path.pop();
            goes_on
        }),
        Value::Map(entries) => {
            let mut keys = HashSet::new();
            entries.iter().all(|entry| {
                path.push(Segment::Key(entry.key.clone()));
                let goes_on = if keys.insert(&entry.key) {
                    find_duplicates(&entry.node, path, report)
                } else {
                    let path: ModelPath = path.iter().cloned().collect();
                    let finding = DUPLICATE_KEY
                        .finding(path.clone(), message!("`{key}` is given twice", key = entry.key))
                        .related(path, "first given here")
                        .help("remove one of the two");
                    report(Located { finding, span: entry.key_span }, entry.node.span)
                };
                path.pop();
                goes_on
            })
        }
    }
}
