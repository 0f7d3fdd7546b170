//! The forms that a value can have in the JSON Schema of the types.

use serde_json::Value;

/// A value's part of the schema, and the JSON Pointer to it.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    root: &'a Value,
    value: &'a Value,
    pub(super) pointer: String,
}

/// The form of a value.
#[derive(Clone, Debug)]
pub(super) enum Shape<'a> {
    /// A single text, number or boolean.
    Scalar(Node<'a>),
    /// A list of such values.
    List(Node<'a>),
    /// A map from names to such values.
    Map(Node<'a>),
    /// A map with fixed keys.
    Struct(Node<'a>),
    /// A name, or a map with a single key.
    Choice(Node<'a>),
}

/// One of the values of a choice.
#[derive(Clone, Debug)]
pub(super) enum Variant<'a> {
    /// A bare name, and what it means.
    Name(&'a str, &'a str),
    /// A key with a value; the node that describes the key, and the value's.
    Key(&'a str, Node<'a>, Node<'a>),
}

impl<'a> Node<'a> {
    pub(super) fn root(root: &'a Value) -> Self {
        Self { root, value: root, pointer: String::new() }
    }

    fn at(&self, pointer: String) -> Option<Self> {
        Some(Self { root: self.root, value: self.root.pointer(&pointer)?, pointer })
    }

    fn inside(&self, key: &str) -> Option<Self> {
        // RFC 6901
        self.at(format!("{}/{}", self.pointer, key.replace('~', "~0").replace('/', "~1")))
    }

    fn is(&self, kind: &str) -> bool {
        match self.value.get("type") {
            Some(Value::String(only)) => only == kind,
            Some(Value::Array(all)) => all.iter().any(|it| it == kind),
            _ => false,
        }
    }

    /// A text of the schema: `description`, `title`, `format`.
    pub(super) fn text(&self, key: &str) -> &'a str {
        self.value.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn default(&self) -> Option<&'a Value> {
        self.value.get("default")
    }

    pub(super) fn is_bool(&self) -> bool {
        self.is("boolean") && self.text("pattern").is_empty()
    }

    pub(super) fn is_integer(&self) -> bool {
        self.is("integer") && self.text("pattern").is_empty()
    }

    /// The node itself, or the definition that it refers to; of an optional value, what it is if it is given.
    pub(super) fn resolved(&self) -> Self {
        if let Some(reference) = self.value.get("$ref").and_then(Value::as_str) {
            return reference
                .strip_prefix('#')
                .and_then(|at| self.at(at.to_owned()))
                .unwrap_or_else(|| self.clone());
        }
        match self.inside("anyOf").and_then(|any| any.inside("0")) {
            Some(first) => first.resolved(),
            None => self.clone(),
        }
    }

    pub(super) fn shape(&self) -> Shape<'a> {
        let node = self.resolved();
        if let Some(items) = node.inside("items") {
            return Shape::List(items);
        }
        if node.value.get("oneOf").is_some() {
            return Shape::Choice(node);
        }
        let named = node.value.get("patternProperties").and_then(Value::as_object);
        let pattern = named.and_then(|patterns| patterns.keys().next());
        if let Some(values) = pattern.and_then(|pattern| node.inside("patternProperties")?.inside(pattern)) {
            return Shape::Map(values);
        }
        if node.value.get("properties").is_some() { Shape::Struct(node) } else { Shape::Scalar(node) }
    }

    /// The keys of a struct, in their order.
    pub(super) fn keys(&self) -> Vec<(&'a str, Self)> {
        let names =
            self.value.get("properties").and_then(Value::as_object).into_iter().flat_map(|map| map.keys());
        let properties = self.inside("properties");
        names.filter_map(|name| Some((name.as_str(), properties.as_ref()?.inside(name)?))).collect()
    }

    pub(super) fn requires(&self, key: &str) -> bool {
        let required = self.value.get("required").and_then(Value::as_array);
        required.is_some_and(|required| required.iter().any(|it| it == key))
    }

    /// The values of a choice, in their order.
    pub(super) fn variants(&self) -> Vec<Variant<'a>> {
        let Some(all) = self.inside("oneOf") else { return Vec::new() };
        let count = all.value.as_array().map_or(0, Vec::len);
        let variants = (0..count).filter_map(|at| all.inside(&at.to_string()));
        let read = |variant: Self| match variant.value.get("const").and_then(Value::as_str) {
            Some(name) => Some(Variant::Name(name, variant.text("description"))),
            None => {
                let (name, value) = variant.keys().into_iter().next()?;
                Some(Variant::Key(name, variant, value))
            }
        };
        variants.filter_map(read).collect()
    }

    /// The keys that may stand in a value of this form, each with the node that describes it and the one of its value.
    pub(super) fn children(&self) -> Vec<(&'a str, Self, Self)> {
        match self.shape() {
            Shape::Scalar(_) => Vec::new(),
            Shape::List(inner) | Shape::Map(inner) => inner.children(),
            Shape::Struct(node) => {
                node.keys().into_iter().map(|(name, key)| (name, key.clone(), key)).collect()
            }
            Shape::Choice(node) => {
                let keys = node.variants().into_iter().filter_map(|variant| match variant {
                    Variant::Name(..) => None,
                    Variant::Key(name, key, value) => Some((name, key, value)),
                });
                keys.collect()
            }
        }
    }
}
