//! Paths to the values of a deployment.

use std::{fmt, iter, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of a map.
    Key(String),
    /// The index of an item in a list, from zero.
    Index(usize),
}

/// The path of a value in a deployment, for example `services.deepseek.vram.gpu1`.
///
/// An item of a list is written with its index: `flows[3]`. A key with other characters than ASCII letters, digits, `-` and `_` is
/// quoted as in JSON: `kernel."a.b"`. The path of the whole deployment is `.`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", title = "path")]
pub struct ModelPath(Vec<Segment>);

impl ModelPath {
    /// The path of the whole deployment.
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of the entry `key` in the map at this path.
    #[must_use]
    pub fn key(&self, key: impl fmt::Display) -> Self {
        self.join(Segment::Key(key.to_string()))
    }

    /// The path of the item `index`, counted from zero, in the list at this path.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.join(Segment::Index(index))
    }

    /// The path of the enclosing value; `None` for the whole deployment.
    pub fn parent(&self) -> Option<Self> {
        let (_, parents) = self.0.split_last()?;
        Some(Self(parents.to_vec()))
    }

    /// The steps from the whole deployment to this path.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether `other` is this path or lies below it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    fn join(&self, segment: Segment) -> Self {
        Self(self.0.iter().cloned().chain(iter::once(segment)).collect())
    }
}

impl FromIterator<Segment> for ModelPath {
    fn from_iter<I: IntoIterator<Item = Segment>>(segments: I) -> Self {
        Self(segments.into_iter().collect())
    }
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

impl fmt::Display for ModelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(".");
        }
        for (i, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    if !key.is_empty() && key.chars().all(is_bare) {
                        f.write_str(key)?;
                    } else {
                        f.write_str(&serde_json::to_string(key).map_err(|_| fmt::Error)?)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Why a text is not a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a valid path in a deployment: {problem}; write it as `services.web.ports.http` or `flows[3]`"
)]
pub struct ParsePathError {
    text: String,
    problem: &'static str,
}

impl FromStr for ModelPath {
    type Err = ParsePathError;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, ParsePathError> {
        let error = |problem| ParsePathError { text: text.to_owned(), problem };
        let mut segments = Vec::new();
        let mut rest = if text == "." { "" } else { text };
        if text.is_empty() {
            return Err(error("it is empty"));
        }
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[') {
                let (digits, after) = inside.split_once(']').ok_or(error("a `[` is not closed"))?;
                if !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(error("an index is a whole number"));
                }
                segments
                    .push(Segment::Index(digits.parse().map_err(|_| error("an index is a whole number"))?));
                rest = after;
                continue;
            }
            if !segments.is_empty() {
                rest = rest.strip_prefix('.').ok_or(error("a `.` is missing between two keys"))?;
            }
            let (key, after) = if rest.starts_with('"') {
                let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let key =
                    strings.next().and_then(Result::ok).ok_or(error("the quotes of a key are not closed"))?;
                (key, rest.get(strings.byte_offset()..).unwrap_or_default())
            } else {
                let (key, after) = rest.split_at(rest.find(|c| !is_bare(c)).unwrap_or(rest.len()));
                (key.to_owned(), after)
            };
            if key.is_empty() && !rest.starts_with('"') {
                return Err(error("a key is missing, or needs quotes"));
            }
            segments.push(Segment::Key(key));
            rest = after;
        }
        Ok(Self(segments))
    }
}

impl Serialize for ModelPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ModelPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        let root = ModelPath::root();
        for (path, text) in [
            (root.clone(), "."),
            (root.key("services").key("deep-seek").key("vram").key("gpu1"), "services.deep-seek.vram.gpu1"),
            (root.key("flows").index(3).key("from"), "flows[3].from"),
            (root.key("kernel").key("a.b"), r#"kernel."a.b""#),
            (root.key("").key("a\"\\\n"), r#"""."a\"\\\n""#),
            (root.index(0).index(12), "[0][12]"),
        ] {
            assert_eq!(path.to_string(), text);
            assert_eq!(text.parse(), Ok(path));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "..", "a.", ".a", "a..b", "a b", "a[", "a[x]", "a[+1]", "a[]", "a\"b\"", "a[1]b", "\"a"]
        {
            assert!(text.parse::<ModelPath>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_place_contains_what_stands_inside_it() {
        let (services, web) =
            (ModelPath::root().key("services"), ModelPath::root().key("services").key("web"));
        assert!(services.contains(&web) && services.contains(&services));
        assert!(!web.contains(&services) && !services.contains(&ModelPath::root().key("services-b")));
        assert_eq!(web.parent(), Some(services));
    }
}
