//! A sentence of a finding, and the values in it.

use std::fmt;

use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::words::list;

/// A sentence and the values in it, by name. The sentence is for people, the values are for programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The sentence.
    pub text: String,
    /// The values. Names and sizes are written as in a document, counts are numbers, and several names are a list.
    pub values: IndexMap<&'static str, Value>,
}

/// Creates a [`Message`] from a format string, as in [`format!`], and its values. Each value has a name:
/// `message!("`{gpu}` has {there}", gpu, there = host.vram)`. A value that the format string does not use is a compile error.
macro_rules! message {
    ($text:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        // The names are bound together, so that a name does not shadow a variable in the value of another.
        let ($($name,)*) = ($(&$crate::message::message!(@ $name $($value)?),)*);
        $crate::message::Message {
            text: format!($text, $($name = $name),*),
            values: indexmap::IndexMap::from_iter([$((stringify!($name), $crate::message::value($name))),*]),
        }
    }};
    (@ $name:ident) => { $name };
    (@ $name:ident $value:expr) => { $value };
}

pub(crate) use message;

/// Returns a value in its JSON form.
#[expect(clippy::expect_used, reason = "names, sizes, counts and lists of them always have a JSON form")]
pub(crate) fn value(value: &(impl Serialize + ?Sized)) -> Value {
    serde_json::to_value(value).expect("a value with a JSON form")
}

/// Several names: `` `a`, `b` `` in a sentence, a list for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Names(Vec<String>);

impl<T: fmt::Display> FromIterator<T> for Names {
    fn from_iter<I: IntoIterator<Item = T>>(names: I) -> Self {
        Self(names.into_iter().map(|name| name.to_string()).collect())
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&list(self.0.iter().map(String::as_str)))
    }
}

/// A value and its wording in a sentence: `["a"]`, written as `` when `a` stands in``.
#[derive(Clone, Debug)]
pub(crate) struct Said<T> {
    text: String,
    value: T,
}

/// Creates a value with its wording in a sentence.
pub(crate) fn said<T>(text: impl Into<String>, value: T) -> Said<T> {
    Said { text: text.into(), value }
}

impl<T> fmt::Display for Said<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T: Serialize> Serialize for Said<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self { text, values: IndexMap::new() }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::units::Bytes;

    #[test]
    fn a_sentence_keeps_its_values() {
        let (gpu, there): (&str, _) = ("gpu1", Bytes::gib(32));
        let others: Names = ["a", "b"].into_iter().collect();
        let message =
            message!("`{gpu}` has {there}, {count} of {others}", gpu, there, count = others.0.len(), others);
        assert_eq!(message.text, "`gpu1` has 32 GiB, 2 of `a`, `b`");
        let values = json!({"gpu": "gpu1", "there": "32 GiB", "count": 2, "others": ["a", "b"]});
        assert_eq!(value(&message.values), values);
    }
}
