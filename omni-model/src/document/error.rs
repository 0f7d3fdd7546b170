//! What serde finds wrong in a document, and where it is.

use std::{collections::HashSet, fmt};

use serde::de::{self, Unexpected};

use super::{Entry, Node, Span, Value, retired};
use crate::{
    message::{Message, message},
    path::Segment,
    rules::{D002 as UNKNOWN_KEY, D005 as WRONG_VALUE, Rule},
    suggest::did_you_mean,
    words::{count, list},
};

/// The spans of values that are known to be wrong and are skipped in the next pass.
pub(super) type Pruned = HashSet<Span>;

/// What serde found wrong, and where.
#[derive(Debug)]
pub(super) struct Error {
    pub(super) problem: Problem,
    /// The path, innermost segment first.
    pub(super) path: Vec<Segment>,
    /// The span to show, and the value to skip in the next pass.
    pub(super) at: Option<(Span, Span)>,
    /// The error may be a consequence of a skipped value.
    pub(super) quiet: bool,
}

#[derive(Debug)]
pub(super) enum Problem {
    MissingKey(&'static str),
    Other { rule: &'static Rule, message: Box<Message>, help: Option<String> },
}

impl Error {
    pub(super) fn new(message: impl Into<Message>, help: Option<String>) -> Self {
        Self::of(&WRONG_VALUE, message.into(), help)
    }

    fn of(rule: &'static Rule, message: Message, help: Option<String>) -> Self {
        Self {
            problem: Problem::Other { rule, message: Box::new(message), help },
            path: Vec::new(),
            at: None,
            quiet: false,
        }
    }

    /// Gives the error this value as its place, shown at `span`, unless it has a place already.
    pub(super) fn found_at(mut self, span: Span, view: View<'_>, pruned: &Pruned) -> Self {
        if self.at.is_none() {
            self.at = Some((span, view.span));
            self.quiet = match self.problem {
                Problem::MissingKey(key) => view.pruned_key(key, pruned),
                Problem::Other { .. } => view.content.has_pruned(pruned),
            };
        }
        self
    }

    pub(super) fn inside(mut self, segment: Segment) -> Self {
        self.path.push(segment);
        self
    }

    /// The key itself is wrong: the error is shown at the key.
    pub(super) fn of_key(mut self, entry: &Entry, culprit: Span) -> Self {
        self.at = Some((entry.key_span, culprit));
        self.inside(Segment::Key(entry.key.clone()))
    }

    /// The value is wrong: the error is shown at a scalar value itself, and at the key of a map or a list.
    pub(super) fn of_value(self, entry: &Entry, pruned: &Pruned) -> Self {
        let is_scalar = matches!(entry.node.value, Value::Scalar(_));
        let span = if is_scalar { entry.node.span } else { entry.key_span };
        self.found_at(span, (&entry.node).into(), pruned).inside(Segment::Key(entry.key.clone()))
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::MissingKey(key) => write!(f, "key `{key}` is missing"),
            Problem::Other { message, .. } => f.write_str(&message.text),
        }
    }
}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string(), None)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(format_args!("expected {expected}, found {unexpected}"))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn invalid_length(len: usize, expected: &dyn de::Expected) -> Self {
        Self::custom(format_args!("expected {expected}, found {}", count(len, "item")))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(
            message!("unknown value `{value}`", value = variant),
            suggestion(variant, expected, "the possible values are"),
        )
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let help = retired::advice(field, expected).map(str::to_owned);
        let help = help.or_else(|| suggestion(field, expected, "the possible keys are"));
        Self::of(&UNKNOWN_KEY, message!("unknown key `{key}`", key = field), help)
    }

    fn missing_field(field: &'static str) -> Self {
        Self { problem: Problem::MissingKey(field), path: Vec::new(), at: None, quiet: false }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::custom(format_args!("`{field}` is given twice"))
    }
}

fn suggestion(name: &str, expected: &[&'static str], introduction: &str) -> Option<String> {
    match did_you_mean(name, expected.iter().copied()) {
        Some(meant) => Some(format!("did you mean `{meant}`?")),
        None if expected.is_empty() => None,
        None => Some(format!("{introduction} {}", list(expected.iter().copied()))),
    }
}

/// A value or a key as the deserializer sees it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) content: Content<'a>,
    pub(super) span: Span,
}

#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    Null,
    Text(&'a str),
    Seq(&'a [Node]),
    Map(&'a [Entry]),
}

impl<'a> From<&'a Node> for View<'a> {
    fn from(node: &'a Node) -> Self {
        Self { content: Content::from(&node.value), span: node.span }
    }
}

impl<'a> From<&'a Value> for Content<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Scalar(text) => Self::Text(text),
            Value::Seq(items) => Self::Seq(items),
            Value::Map(entries) => Self::Map(entries),
        }
    }
}

impl Content<'_> {
    fn has_pruned(self, pruned: &Pruned) -> bool {
        let is_pruned =
            |node: &Node| pruned.contains(&node.span) || Content::from(&node.value).has_pruned(pruned);
        match self {
            Content::Null | Content::Text(_) => false,
            Content::Seq(items) => items.iter().any(is_pruned),
            Content::Map(entries) => entries.iter().any(|entry| is_pruned(&entry.node)),
        }
    }
}

impl View<'_> {
    /// Whether `key`, or a key that was probably meant to be `key`, was skipped in this map.
    fn pruned_key(self, key: &str, pruned: &Pruned) -> bool {
        let Content::Map(entries) = self.content else { return false };
        let is_meant = |entry: &Entry| entry.key == key || did_you_mean(&entry.key, [key]).is_some();
        entries.iter().any(|entry| pruned.contains(&entry.node.span) && is_meant(entry))
    }
}

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Seq(_) => f.write_str("a list"),
            Self::Map(_) => f.write_str("a map"),
        }
    }
}
