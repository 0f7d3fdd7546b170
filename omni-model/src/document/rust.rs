//! A document in the form of the `deployment!` macro.

use super::{Entry, Node, Value};
use crate::shown::is_hidden;

/// The maximum width of a line that can be broken.
const WIDTH: usize = 100;

/// The key that a doc comment sets.
const DESCRIPTION: &str = "description";

impl Node {
    /// The document as an invocation of the macro that defines the function `name`. `null` values are omitted: the macro
    /// has no notation for them.
    pub fn to_rust(&self, name: &str) -> String {
        let (docs, entries) = described(self);
        let mut text = "omni::deployment! {\n".to_owned();
        write_docs(&mut text, docs, 1);
        text += &format!("    pub fn {name};\n\n");
        write_entries(&mut text, &entries, 1);
        text + "}\n"
    }
}

/// The entries of a map without `null` values, and its description, taken out of the entries if it can be a doc comment.
fn described(node: &Node) -> (Option<&str>, Vec<&Entry>) {
    let Value::Map(all) = &node.value else { return (None, Vec::new()) };
    let (mut docs, mut entries) = (None, Vec::new());
    for entry in all {
        match &entry.node.value {
            Value::Null => {}
            Value::Scalar(text) if entry.key == DESCRIPTION && is_prose(text) => docs = Some(text.as_str()),
            _ => entries.push(entry),
        }
    }
    (docs, entries)
}

/// Whether the text survives as a doc comment, whose lines are joined by single spaces.
fn is_prose(text: &str) -> bool {
    !text.is_empty()
        && text
            .split(' ')
            .all(|word| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || is_hidden(c)))
}

fn write_docs(text: &mut String, docs: Option<&str>, depth: usize) {
    let mut line = String::new();
    for word in docs.into_iter().flat_map(|docs| docs.split(' ')) {
        if !line.is_empty() && depth * 4 + line.chars().count() + word.chars().count() > WIDTH {
            *text += &format!("{:1$}///{line}\n", "", depth * 4);
            line.clear();
        }
        line = line + " " + word;
    }
    if !line.is_empty() {
        *text += &format!("{:1$}///{line}\n", "", depth * 4);
    }
}

fn write_entries(text: &mut String, entries: &[&Entry], depth: usize) {
    for Entry { key, node, .. } in entries {
        write_docs(text, described(node).0, depth);
        let start = format!("{:2$}{}: ", "", key_text(key), depth * 4);
        *text += &start;
        // Flows are the only texts with an arrow that need no quotes.
        let flows = depth == 1 && key == "flows";
        write_value(text, node, start.chars().count(), depth, flows);
    }
}

/// Writes a value that begins in this column, followed by a comma.
fn write_value(text: &mut String, node: &Node, column: usize, depth: usize, flows: bool) {
    let (_, entries) = described(node);
    let line = inline(node, &entries, flows)
        .filter(|line| matches!(node.value, Value::Scalar(_)) || column + line.chars().count() < WIDTH);
    match (line, &node.value) {
        (Some(line), _) => *text += &line,
        (None, Value::Seq(items)) => {
            *text += "[\n";
            for item in items.iter().filter(|item| item.value != Value::Null) {
                write_docs(text, described(item).0, depth + 1);
                *text += &" ".repeat(depth * 4 + 4);
                write_value(text, item, depth * 4 + 4, depth + 1, flows);
            }
            *text += &format!("{:1$}]", "", depth * 4);
        }
        (None, _) => {
            *text += "{\n";
            write_entries(text, &entries, depth + 1);
            *text += &format!("{:1$}}}", "", depth * 4);
        }
    }
    *text += ",\n";
}

/// A value on one line, if it is simple enough: a scalar, a flat map or list, or a map with a single flat entry.
fn inline(node: &Node, entries: &[&Entry], flows: bool) -> Option<String> {
    match &node.value {
        Value::Null => None,
        Value::Scalar(text) if flows && is_flow(text) => Some(text.clone()),
        Value::Scalar(text) => Some(scalar(text)),
        Value::Seq(items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| inline_leaf(item, flows)).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Value::Map(_) => {
            let is_one = entries.len() == 1;
            let value = |node: &Node| match described(node) {
                (None, inner) if is_one => inline(node, &inner, false),
                _ => inline_leaf(node, false),
            };
            let entries = entries
                .iter()
                .map(|entry| Some(format!("{}: {}", key_text(&entry.key), value(&entry.node)?)));
            let entries: Option<Vec<_>> = entries.collect();
            let entries = entries?.join(", ");
            Some(if entries.is_empty() { "{}".to_owned() } else { format!("{{ {entries} }}") })
        }
    }
}

/// A scalar, or an empty map or list, on one line.
fn inline_leaf(node: &Node, flows: bool) -> Option<String> {
    match &node.value {
        Value::Seq(items) if !items.is_empty() => None,
        Value::Map(entries) if !entries.is_empty() => None,
        _ => inline(node, &[], flows),
    }
}

/// A text without quotes if the macro reads the same text from it, and with quotes otherwise.
fn scalar(text: &str) -> String {
    if is_name(text) || is_quantity(text) { text.to_owned() } else { format!("{text:?}") }
}

fn key_text(key: &str) -> String {
    if is_name(key) { key.to_owned() } else { format!("{key:?}") }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_name(text: &str) -> bool {
    text.split(['-', '.']).all(is_word)
}

/// A number, optionally followed by `%`, a unit of time, or a space and a unit.
fn is_quantity(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit_fits =
        matches!(unit, "" | "%" | "s" | "min" | "h" | "d") || unit.strip_prefix(' ').is_some_and(is_word);
    !number.is_empty() && unit_fits
}

fn is_flow(text: &str) -> bool {
    text.split_once(" -> ").is_some_and(|(from, to)| is_name(from) && is_name(to))
}
