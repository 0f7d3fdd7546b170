//! Values that are a single text in a document, and how they are read and written.

use std::str::FromStr;

use schemars::Schema;

/// Why a text cannot be read as a value: what is wrong with it, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ScalarError(String);

impl ScalarError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A text that does not have the form of its kind: what kind that is (`zone name`), and advice on how to write it.
    pub(crate) fn invalid(text: &str, kind: &str, advice: &str) -> Self {
        Self(format!("`{}` is not a valid {kind}: {advice}", text.escape_debug()))
    }
}

/// Adds to a type's schema the kind of value (`size`) and the form of its text, as a regular expression that ECMA 262 and Rust have in common. The expression
/// matches every text that the type reads, and may match more. YAML needs no quotes around a text that looks like a number or
/// a boolean, so the schema allows these where the type reads them.
pub(crate) fn text_schema<T: FromStr>(kind: &str, pattern: &str) -> impl Fn(&mut Schema) {
    move |schema| {
        let reads = |texts: &[&str]| texts.iter().any(|text| text.parse::<T>().is_ok());
        let numbers = match (reads(&["1.5"]), reads(&["7", "600"])) {
            (true, _) => Some("number"),
            (false, true) => Some("integer"),
            (false, false) => None,
        };
        let bare: Vec<_> = numbers.into_iter().chain(reads(&["true"]).then_some("boolean")).collect();
        schema.insert("title".into(), kind.into());
        schema.insert("pattern".into(), format!("^(?:{pattern})$").into());
        if !bare.is_empty() {
            schema.insert(BARE.into(), bare.into());
        }
    }
}

/// The key under which [`text_schema`] leaves, for [`schema`](crate::schema::schema()), the JSON types that a value may have
/// beside `string`. Keys of maps are always strings and do without.
pub(crate) const BARE: &str = "bare";

/// serde for types that are one text in a document: `Display` writes it, `FromStr` reads it.
macro_rules! scalar {
    ($($name:ty),* $(,)?) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

pub(crate) use scalar;
