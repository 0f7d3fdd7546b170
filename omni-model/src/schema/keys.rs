//! The keys of a document, each with its type, default, example and rules.

use serde_json::Value;

use super::{
    example::example,
    raw,
    shape::{Node, Shape, Variant},
};
use crate::{
    path::{ModelPath, Segment},
    rules::{self, Rule},
    suggest::did_you_mean,
};

/// Every key of a deployment, in the order of the types.
///
/// # Examples
///
/// ```
/// use omni_model::schema::Keys;
///
/// let keys = Keys::new();
/// let key = keys.find("services.memory_limit").unwrap();
/// assert_eq!(key.example(), "64 GiB");
/// assert!(key.rules().iter().any(|rule| rule.name == "limit-below-memory"));
/// ```
#[derive(Debug)]
pub struct Keys {
    schema: Value,
    all: Vec<Key>,
}

/// A key of a document.
#[derive(Debug)]
pub struct Key {
    path: Vec<String>,
    pointer: String,
    text: String,
    kind: Kind,
    need: Need,
    example: String,
    values: Vec<(String, String)>,
    keys: Vec<(String, String)>,
    rules: Vec<&'static Rule>,
    /// The object that the key is part of, and the rules that judge it as a whole.
    object: Option<(String, Vec<&'static Rule>)>,
    first: Option<String>,
}

/// What kind of value a key has.
#[derive(Debug)]
pub(super) struct Kind {
    /// The lists and maps around it, outermost first: `map`, `list`.
    around: Vec<&'static str>,
    /// The kind itself: `size`.
    pub(super) name: String,
    /// How its text is written.
    pub(super) format: String,
}

impl Kind {
    fn of(value: &Node<'_>) -> Self {
        let inside = |around: &'static str, inner: &Node<'_>| {
            let mut kind = Self::of(inner);
            kind.around.insert(0, around);
            kind
        };
        let named = |name: &str| Self { around: Vec::new(), name: name.to_owned(), format: String::new() };
        match value.shape() {
            Shape::List(items) => inside("list", &items),
            Shape::Map(values) => inside("map", &values),
            Shape::Struct(_) => named("object"),
            Shape::Choice(_) => named("choice"),
            Shape::Scalar(node) if node.is_bool() => named("boolean"),
            Shape::Scalar(node) if node.is_integer() => named("whole number"),
            Shape::Scalar(node) if node.text("format") == "ipv4" => named("IPv4 address"),
            Shape::Scalar(node) => {
                Self { format: node.text("description").replace("\n\n", " "), ..named(node.text("title")) }
            }
        }
    }

    /// The kind with the maps and lists around it, as `map(size)`, where `name` is written for its name.
    pub(super) fn shown(&self, name: &str) -> String {
        let open: String = self.around.iter().map(|around| format!("{around}(")).collect();
        open + name + &")".repeat(self.around.len())
    }
}

/// Whether a key must be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be given.
    Required,
    /// It may be omitted. What that means is said in the text of the key, if it is not obvious.
    Optional,
    /// It may be omitted, and then has this value.
    Default(String),
    /// It is one of several keys, of which exactly one is given.
    OneOf,
}

impl Default for Keys {
    fn default() -> Self {
        Self::new()
    }
}

impl Keys {
    /// Reads the keys from the types, and the rules that judge each from the findings on their pages.
    pub fn new() -> Self {
        let mut keys = Self { schema: raw(), all: Vec::new() };
        let mut builder = Builder { all: Vec::new(), seen: Vec::new() };
        builder.add(&Node::root(&keys.schema), &[]);
        keys.all = builder.all;
        // Those about the document itself judge every key.
        for rule in rules::all().filter(|rule| !rule.id.starts_with('D')) {
            for path in found(rule.docs) {
                keys.judge(rule, &path);
            }
        }
        let judged: Vec<_> = keys.all.iter().map(|key| (key.path(), key.rules.clone())).collect();
        for key in &mut keys.all {
            let Some((object, rules)) = &mut key.object else { continue };
            let of_object = judged.iter().filter(|(path, _)| path == object).flat_map(|(_, rules)| rules);
            rules.extend(of_object.filter(|rule| !key.rules.iter().any(|own| own.id == rule.id)));
        }
        keys
    }

    /// The keys in the order of the types, those of a map or a list after the map or the list.
    pub fn all(&self) -> &[Key] {
        &self.all
    }

    /// The key at a path: `services.memory_limit`, or a path in a deployment such as `services.ollama.memory_limit`.
    pub fn find(&self, text: &str) -> Option<&Key> {
        let path: ModelPath = text.parse().ok()?;
        self.key(&self.names(path.segments())?)
    }

    /// The key that was probably meant by a path whose last part is misspelt, or whose first parts are missing.
    pub fn similar(&self, text: &str) -> Option<&Key> {
        let path: ModelPath = text.parse().ok()?;
        let (Segment::Key(last), before) = path.segments().split_last()? else { return None };
        let names = self.names(before)?;
        let beside =
            || self.all.iter().filter(|key| key.path.split_last().is_some_and(|(_, above)| above == names));
        match did_you_mean(last, beside().map(Key::name)) {
            Some(meant) => beside().find(|key| key.name() == meant),
            None => self.all.iter().find(|key| before.is_empty() && key.name() == last),
        }
    }

    fn key(&self, names: &[String]) -> Option<&Key> {
        self.all.iter().find(|key| key.path == names)
    }

    /// The keys on a path, without the names of entries and the indices of items, which may be omitted.
    fn names(&self, path: &[Segment]) -> Option<Vec<String>> {
        self.on(path, true).or_else(|| self.on(path, false))
    }

    /// The same for a path in a deployment, which names every entry and item unless it `skips` them.
    fn on(&self, path: &[Segment], skips: bool) -> Option<Vec<String>> {
        let mut names = Vec::new();
        let mut node = Node::root(&self.schema);
        for segment in path {
            let is_entry = matches!(node.shape(), Shape::Map(_) | Shape::List(_));
            let key = match segment {
                Segment::Key(key) if skips || !is_entry => {
                    node.children().into_iter().find(|(name, ..)| name == key)
                }
                _ => None,
            };
            node = match (key, node.shape(), segment) {
                (Some((name, _, value)), ..) => {
                    names.push(name.to_owned());
                    value
                }
                (None, Shape::Map(inner), Segment::Key(_))
                | (None, Shape::List(inner), Segment::Index(_)) => inner,
                // The name of a variant without a value.
                (None, Shape::Choice(_), Segment::Key(_)) => node,
                _ => return None,
            };
        }
        Some(names)
    }

    /// The rule judges what stands at this path.
    fn judge(&mut self, rule: &'static Rule, path: &ModelPath) {
        let Some(names) = self.on(path.segments(), false) else { return };
        let Some(pointer) = self.key(&names).map(|key| key.pointer.clone()) else { return };
        for key in self.all.iter_mut().filter(|key| key.pointer == pointer) {
            if !key.rules.iter().any(|known| known.id == rule.id) {
                key.rules.push(rule);
            }
        }
    }

    /// The smallest document in which the key has its example, in YAML.
    pub fn document(&self, key: &Key) -> String {
        let around: Vec<_> = key.path.iter().map(String::as_str).collect();
        let root = Node::root(&self.schema);
        example(&root, &root, &around)
    }

    /// The kinds of texts, each with the description of its form, by name.
    pub fn formats(&self) -> Vec<(&str, &str)> {
        let mut formats: Vec<_> = self
            .all
            .iter()
            .filter(|key| !key.kind.format.is_empty())
            .map(|key| (key.kind.name.as_str(), key.kind.format.as_str()))
            .collect();
        formats.sort_unstable();
        formats.dedup();
        formats
    }
}

/// The places of the findings on a rule's page, and of what is related to them, as a report shows them.
fn found(page: &str) -> Vec<ModelPath> {
    let place = |line: &str| {
        let note = || line.strip_prefix("       note: ")?.strip_suffix(')')?.rsplit_once(" (");
        let path = line.strip_prefix("  --> ").or_else(|| note().map(|(_, path)| path))?;
        path.parse().ok()
    };
    page.lines().filter_map(place).collect()
}

/// The keys that have been found, and the definitions that they stand in.
struct Builder {
    all: Vec<Key>,
    seen: Vec<(String, String)>,
}

impl Builder {
    fn add(&mut self, node: &Node<'_>, path: &[String]) {
        // The same object in two places has one text.
        let pointer = owner_pointer(node);
        let known = self.seen.iter().find(|(seen, _)| Some(seen) == pointer.as_ref());
        let object = known.filter(|_| matches!(node.shape(), Shape::Struct(_))).map(|(_, path)| path.clone());
        for (name, key, value) in node.children() {
            let path = [path, &[name.to_owned()]].concat();
            let owner = owner(node);
            let need = match owner {
                Shape::Choice(_) => Need::OneOf,
                Shape::Struct(owner) if owner.requires(name) => Need::Required,
                _ => match key.default() {
                    Some(default) => Need::Default(yaml(default)),
                    None => Need::Optional,
                },
            };
            let inner = owner_pointer(&value);
            let first = inner.and_then(|inner| {
                let known =
                    self.seen.iter().find(|(pointer, _)| *pointer == inner).map(|(_, path)| path.clone());
                if known.is_none() {
                    self.seen.push((inner, path.join(".")));
                }
                known
            });
            let text = |node: &Node<'_>| node.text("description").to_owned();
            self.all.push(Key {
                path: path.clone(),
                pointer: key.pointer.clone(),
                text: text(&key),
                kind: Kind::of(&value),
                need,
                example: example(&key, &value, &[]),
                values: values(&value),
                keys: value.children().iter().map(|(name, key, _)| ((*name).to_owned(), text(key))).collect(),
                rules: Vec::new(),
                object: object.clone().map(|object| (object, Vec::new())),
                first,
            });
            self.add(&value, &path);
        }
    }
}

/// What the keys in a value belong to: a struct or a choice, whether it is the value or stands in it.
fn owner<'a>(node: &Node<'a>) -> Shape<'a> {
    match node.shape() {
        Shape::List(inner) | Shape::Map(inner) => owner(&inner),
        shape => shape,
    }
}

fn owner_pointer(node: &Node<'_>) -> Option<String> {
    match owner(node) {
        Shape::Struct(node) | Shape::Choice(node) => Some(node.pointer),
        _ => None,
    }
}

/// The names that a value can be, each with what it means.
fn values(value: &Node<'_>) -> Vec<(String, String)> {
    let Shape::Choice(node) = owner(value) else { return Vec::new() };
    let names = node.variants().into_iter().filter_map(|variant| match variant {
        Variant::Name(name, text) => Some((name.to_owned(), text.to_owned())),
        Variant::Key(..) => None,
    });
    names.collect()
}

/// A default in YAML's flow style.
fn yaml(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{key}: {}", yaml(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

impl Key {
    /// The keys that lead here, without the names of entries: `services.memory_limit`.
    pub fn path(&self) -> String {
        self.path.join(".")
    }

    /// The last of these keys: `memory_limit`.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// How many keys lead here, itself among them.
    pub fn depth(&self) -> usize {
        self.path.len()
    }

    /// Where the schema describes the key, as a JSON Pointer.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// An example of its value in YAML.
    pub fn example(&self) -> &str {
        &self.example
    }

    /// Whether it must be given.
    pub const fn need(&self) -> &Need {
        &self.need
    }

    /// The rules whose pages have a finding at the key.
    pub fn rules(&self) -> &[&'static Rule] {
        &self.rules
    }

    /// The earlier key that has the same keys in it, if there is one.
    pub fn same_as(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// The first sentence of its text, without the full stop.
    pub fn sentence(&self) -> &str {
        let text = self.text.lines().next().unwrap_or_default();
        text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
    }

    /// The entry as Markdown, as an editor and `omni explain` show it.
    pub fn text(&self) -> String {
        let Kind { name, format, .. } = &self.kind;
        let kind = self.kind.shown(name);
        let kind = if format.is_empty() { kind } else { format!("{kind}. {format}") };
        self.entry(&kind, |rule| format!("{} `{}`", rule.id, rule.name))
    }

    /// The entry as Markdown, with this text for its type and for each rule.
    pub(super) fn entry(&self, kind: &str, link: impl Fn(&Rule) -> String) -> String {
        let mut lines = Vec::new();
        let mut line = |what: &str, value: &str| lines.push(format!("- {what}{value}"));
        line("Type: ", kind);
        match &self.need {
            Need::Required => line("Required", ""),
            Need::Optional => line("Optional", ""),
            Need::Default(default) => line("Default: ", &format!("`{default}`")),
            Need::OneOf => {}
        }
        line("Example: ", &format!("`{}: {}`", self.name(), self.example));
        let meanings: String =
            self.values.iter().map(|(name, text)| format!("\n  - `{name}`: {text}")).collect();
        if !meanings.is_empty() {
            line("Values:", &meanings);
        }
        if !self.keys.is_empty() {
            let keys: Vec<_> = self.keys.iter().map(|(name, _)| format!("`{name}`")).collect();
            line("Keys: ", &keys.join(", "));
        }
        let list = |rules: &[&Rule]| rules.iter().map(|rule| link(rule)).collect::<Vec<_>>().join(", ");
        if !self.rules.is_empty() {
            line("Rules: ", &list(&self.rules));
        }
        if let Some((object, rules)) = self.object.as_ref().filter(|(_, rules)| !rules.is_empty()) {
            line(&format!("Rules about `{object}` as a whole: "), &list(rules));
        }
        format!("{}\n\n{}", self.text, lines.join("\n"))
    }

    pub(super) const fn kind(&self) -> &Kind {
        &self.kind
    }
}
