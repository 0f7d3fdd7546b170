//! A JSON Merge Patch (RFC 7396) over the deployment of the examples.

use omni_model::document::{Entry, Node, Places, Span, Value as Tree};
use serde_norway::{Mapping, Value};

use crate::BASE;

/// Returns the base deployment with a patch applied.
pub(crate) fn over_base(patch: &str) -> Value {
    let mut whole = serde_norway::from_str(BASE).expect("the base is YAML");
    merge(&mut whole, serde_norway::from_str(patch).unwrap_or_else(|error| panic!("{error} in\n{patch}")));
    whole
}

fn merge(base: &mut Value, patch: Value) {
    match (base, patch) {
        (Value::Mapping(base), Value::Mapping(patch)) => {
            for (key, patch) in patch {
                if patch.is_null() {
                    base.shift_remove(&key);
                } else {
                    merge(base.entry(key).or_insert(Value::Mapping(Mapping::new())), patch);
                }
            }
        }
        (base, patch) => *base = patch,
    }
}

/// Returns a value as the document readers return it.
pub(crate) fn node(value: &Value, places: &mut Places) -> Node {
    let span = places.add(Default::default());
    let value = match value {
        Value::Null => Tree::Null,
        Value::Bool(value) => Tree::Scalar(value.to_string()),
        Value::Number(value) => Tree::Scalar(value.to_string()),
        Value::String(value) => Tree::Scalar(value.clone()),
        Value::Sequence(items) => Tree::Seq(items.iter().map(|item| node(item, places)).collect()),
        Value::Mapping(map) => Tree::Map(map.iter().map(|(key, value)| entry(key, value, places)).collect()),
        Value::Tagged(_) => panic!("a tag"),
    };
    Node { value, span }
}

fn entry(key: &Value, value: &Value, places: &mut Places) -> Entry {
    let key_span: Span = places.add(Default::default());
    Entry { key: key.as_str().expect("a key is a text").to_owned(), key_span, node: node(value, places) }
}
