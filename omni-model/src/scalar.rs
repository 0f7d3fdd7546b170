//! Values that stand in a document as one text, and how they are read and written.

use std::str::FromStr;

use schemars::Schema;

/// Why a text is not the value that is wanted: what is wrong with it and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ScalarError(String);

impl ScalarError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// What an editor knows of a type that is one text: how it looks, as a regular expression that ECMA 262 and Rust share. It
/// takes whatever the type reads, and may take more. A text that looks like a number or a truth value needs no quotes in
/// YAML, so these are taken where the type reads one.
pub(crate) fn text_schema<T: FromStr>(pattern: &str) -> impl Fn(&mut Schema) {
    move |schema| {
        let reads = |texts: &[&str]| texts.iter().any(|text| text.parse::<T>().is_ok());
        let numbers = match (reads(&["1.5"]), reads(&["7", "600"])) {
            (true, _) => Some("number"),
            (false, true) => Some("integer"),
            (false, false) => None,
        };
        let bare: Vec<_> = numbers.into_iter().chain(reads(&["true"]).then_some("boolean")).collect();
        schema.insert("pattern".into(), format!("^(?:{pattern})$").into());
        if !bare.is_empty() {
            schema.insert(BARE.into(), bare.into());
        }
    }
}

/// Beside the type `string`, for [`schema`](crate::schema::schema()): what else the type may be. Keys of maps, which are texts
/// only, are made without it.
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
