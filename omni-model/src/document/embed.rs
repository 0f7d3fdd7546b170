//! A document as a single string, for the code that the macro expands to.

use serde::Serialize;
use serde_json::{Map, json};

use super::{Document, Entry, Node, Place, Places, Span, Value};

impl Document {
    /// The document as a single string. It is meant for checked documents: of a duplicate key, only the last one is kept.
    pub fn embed(&self) -> String {
        let mut places = Vec::new();
        let root = self.root.embed(&mut |span| {
            let Place { line, column, end_line, end_column } = self.places.get(span);
            places.extend([line, column, end_line, end_column]);
        });
        json!([self.file, places, root]).to_string()
    }

    /// Reads what [`embed`](Self::embed) wrote.
    ///
    /// # Errors
    /// If the text was not written by `embed`.
    pub fn from_embedded(text: &str) -> Result<Self, serde_json::Error> {
        let (file, numbers, root): (_, Vec<usize>, _) = serde_json::from_str(text)?;
        let places = numbers.chunks_exact(4).map(|numbers| match *numbers {
            [line, column, end_line, end_column] => Place { line, column, end_line, end_column },
            _ => Place::default(),
        });
        let mut spans = (0..).map(Span);
        Ok(Self { file, places: Places(places.collect()), root: Node::from_embedded(root, &mut spans) })
    }
}

impl Node {
    /// The tree that a value serializes to. Its spans do not refer to any text.
    ///
    /// # Errors
    /// If the value cannot be represented in a document.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::from_embedded(serde_json::to_value(value)?, &mut (0..).map(Span)))
    }

    /// The tree as plain JSON. `place` is called with each span, in the order in which `from_embedded` reads them.
    fn embed(&self, place: &mut impl FnMut(Span)) -> serde_json::Value {
        place(self.span);
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Scalar(text) => text.as_str().into(),
            Value::Seq(items) => items.iter().map(|item| item.embed(place)).collect(),
            Value::Map(entries) => {
                let mut map = Map::new();
                for entry in entries {
                    place(entry.key_span);
                    map.insert(entry.key.clone(), entry.node.embed(place));
                }
                map.into()
            }
        }
    }

    pub(super) fn from_embedded(json: serde_json::Value, spans: &mut impl Iterator<Item = Span>) -> Self {
        use serde_json::Value as Json;
        let span = spans.next().unwrap_or(Span(usize::MAX));
        let value = match json {
            Json::Null => Value::Null,
            Json::String(text) => Value::Scalar(text),
            Json::Bool(_) | Json::Number(_) => Value::Scalar(json.to_string()),
            Json::Array(items) => {
                Value::Seq(items.into_iter().map(|item| Self::from_embedded(item, spans)).collect())
            }
            Json::Object(map) => Value::Map(
                map.into_iter()
                    .map(|(key, value)| {
                        let key_span = spans.next().unwrap_or(Span(usize::MAX));
                        Entry { key, key_span, node: Self::from_embedded(value, spans) }
                    })
                    .collect(),
            ),
        };
        Self { value, span }
    }
}
