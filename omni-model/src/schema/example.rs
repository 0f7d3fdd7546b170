//! Examples of values, in YAML's flow style: from the doc comments, and composed where a value has parts.

use super::shape::{Node, Shape, Variant};

/// The code span after "for example" in a doc comment.
fn written(text: &str) -> Option<&str> {
    let (_, after) = text.split_once("or example `").or_else(|| text.split_once("or example, `"))?;
    after.split('`').next()
}

/// An example of a key's value: the one that its doc comment gives, else the one of its type, else the smallest value of its form.
/// A comment on a map with structured values gives a name, and one on a list may give an item.
///
/// Below `around`, which are keys as [`Node::children`] has them, the value has those keys beside the ones that it must have.
pub(super) fn example(key: &Node<'_>, value: &Node<'_>, around: &[&str]) -> String {
    let given = written(key.text("description"));
    let shape = value.shape();
    let opening = match shape {
        Shape::Scalar(_) => None,
        Shape::List(_) => Some('['),
        Shape::Map(_) | Shape::Struct(_) | Shape::Choice(_) => Some('{'),
    };
    let whole = given.filter(|given| around.is_empty() && opening.is_some_and(|it| given.starts_with(it)));
    if let Some(whole) = whole {
        return whole.to_owned();
    }
    match shape {
        Shape::Scalar(node) => scalar(&node, key, given),
        Shape::List(items) => format!("[{}]", item(given, &items, around)),
        Shape::Map(values) => {
            format!("{{ {}: {} }}", plain(given.unwrap_or("name")), example(&values, &values, around))
        }
        Shape::Struct(node) => structure(&node, around),
        Shape::Choice(node) => choice(&node, key, around),
    }
}

fn item(given: Option<&str>, items: &Node<'_>, around: &[&str]) -> String {
    match given.filter(|given| !given.starts_with('[')) {
        Some(given) => plain(given),
        None => example(items, items, around),
    }
}

fn scalar(node: &Node<'_>, key: &Node<'_>, given: Option<&str>) -> String {
    match given.or_else(|| written(node.text("description"))) {
        Some(text) => plain(text),
        None if node.is_bool() => (key.default() != Some(&true.into())).to_string(),
        None => String::new(),
    }
}

/// The keys that a value must have, or its first if it need not have any, and those that are asked for.
fn structure(node: &Node<'_>, around: &[&str]) -> String {
    let keys = node.keys();
    let asked = around.first();
    let is_empty = asked.is_none() && !keys.iter().any(|(name, _)| node.requires(name));
    let mut entries = Vec::new();
    for (at, (name, key)) in keys.iter().enumerate() {
        let around = if asked == Some(name) { around.get(1..).unwrap_or_default() } else { &[] };
        if asked == Some(name) || node.requires(name) || is_empty && at == 0 {
            entries.push(format!("{name}: {}", example(key, key, around)));
        }
    }
    format!("{{ {} }}", entries.join(", "))
}

/// The variant that is asked for, else the first that is not the default.
fn choice(node: &Node<'_>, key: &Node<'_>, around: &[&str]) -> String {
    let is_meant = |variant: &Variant<'_>| match variant {
        Variant::Name(name, _) => around.is_empty() && key.default() != Some(&(*name).into()),
        Variant::Key(name, ..) => around.first().is_none_or(|asked| asked == name),
    };
    match node.variants().into_iter().find(is_meant) {
        Some(Variant::Name(name, _)) => name.to_owned(),
        Some(Variant::Key(name, key, value)) => {
            format!("{{ {name}: {} }}", example(&key, &value, around.get(1..).unwrap_or_default()))
        }
        None => String::new(),
    }
}

/// A text as a scalar of YAML, in quotes if it needs them within braces.
fn plain(text: &str) -> String {
    let starts = text.starts_with(|c: char| c.is_alphanumeric() || "/._".contains(c))
        || text.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let is_plain =
        starts && !text.contains(['[', ']', '{', '}', ',']) && !text.contains(": ") && !text.contains(" #");
    if is_plain && !text.ends_with(':') { text.to_owned() } else { format!("{text:?}") }
}
