//! YAML files. No other module names the YAML library.

use std::fmt;

use omni_model::shown::is_hidden;
use serde::Serialize;
use serde_norway::Value;

use crate::header::Header;

/// One document of a file.
#[derive(Clone, Debug)]
pub struct Document(String);

impl Document {
    /// The value as block-style YAML, its keys in the order in which it serializes them.
    ///
    /// # Panics
    ///
    /// If a map has a key that is not a scalar. No emitted type has one.
    pub fn new<T: Serialize>(value: &T) -> Self {
        Self::of(known(serde_norway::to_value(value)))
    }

    fn of(mut value: Value) -> Self {
        // The library quotes texts only for YAML 1.2, and writes hidden characters as they are. Texts that older
        // readers would interpret, and texts with hidden characters, are marked with a character that occurs
        // nowhere: an ambiguous text stands between two marks, which become quotes, and a hidden one is a number between
        // two pairs of them, which becomes the text in double quotes.
        let mark = ('\u{e000}'..='\u{f8ff}').find(|&mark| !holds(&value, mark));
        let mut hidden = Vec::new();
        if let Some(mark) = mark {
            mark_texts(&mut value, mark, &mut hidden);
        }
        let mut yaml = known(serde_norway::to_string(&value));
        if let Some(mark) = mark.filter(|&mark| yaml.contains(mark)) {
            let marks = format!("{mark}{mark}");
            let parts = yaml.split(&marks).enumerate().map(|(i, part)| {
                let text = part.parse().ok().and_then(|number: usize| hidden.get(number));
                text.filter(|_| i % 2 == 1).map_or_else(|| part.to_owned(), |text| double_quoted(text))
            });
            yaml = parts.collect::<String>().replace(mark, "'");
        }
        Self(yaml)
    }
}

/// A text in which every hidden character is escaped. <https://yaml.org/spec/1.2.2/#57-escaped-characters>
fn double_quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '\n' => quoted += "\\n",
            '"' | '\\' => quoted.extend(['\\', c]),
            c if is_hidden(c) => quoted += &format!("\\U{:08x}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Whether a text has hidden characters other than ends of lines, which a reader of YAML sees.
fn has_hidden(text: &str) -> bool {
    text.contains(|c| c != '\n' && is_hidden(c))
}

/// The document without a header.
impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn known<T>(result: serde_norway::Result<T>) -> T {
    #[expect(clippy::expect_used, reason = "documented above: a mistake in Omni itself")]
    result.expect("a value that YAML can hold")
}

/// Whether a character occurs in some text of it.
fn holds(value: &Value, c: char) -> bool {
    match value {
        Value::String(text) => text.contains(c),
        Value::Sequence(items) => items.iter().any(|item| holds(item, c)),
        Value::Mapping(entries) => entries.iter().any(|(key, value)| holds(key, c) || holds(value, c)),
        Value::Tagged(tagged) => holds(&tagged.value, c) || tagged.tag.to_string().contains(c),
        _ => false,
    }
}

/// Marks ambiguous texts in place, and takes out those with hidden characters.
fn mark_texts(value: &mut Value, mark: char, hidden: &mut Vec<String>) {
    match value {
        Value::String(text) if has_hidden(text) => {
            hidden.push(std::mem::take(text));
            *text = format!("{mark}{mark}{}{mark}{mark}", hidden.len() - 1);
        }
        Value::String(text) if is_ambiguous(text) => *text = format!("{mark}{text}{mark}"),
        Value::Sequence(items) => items.iter_mut().for_each(|item| mark_texts(item, mark, hidden)),
        Value::Mapping(entries) => {
            let is_plain = |text: &str| !has_hidden(text) && !is_ambiguous(text);
            // A key cannot be changed in place.
            if entries.keys().any(|key| !matches!(key, Value::String(text) if is_plain(text))) {
                let marked = std::mem::take(entries).into_iter().map(|(mut key, value)| {
                    mark_texts(&mut key, mark, hidden);
                    (key, value)
                });
                *entries = marked.collect();
            }
            entries.values_mut().for_each(|value| mark_texts(value, mark, hidden));
        }
        Value::Tagged(tagged) => mark_texts(&mut tagged.value, mark, hidden),
        _ => {}
    }
}

/// Whether the library leaves a text bare that a YAML 1.1 reader (go-yaml: Kubernetes, Compose, Prometheus) would read as a boolean, a
/// number in base 60 or with `_`, a time or a merge. <https://yaml.org/type/>
fn is_ambiguous(text: &str) -> bool {
    let word =
        ["y", "n", "yes", "no", "on", "off", "<<", "="].iter().any(|word| word.eq_ignore_ascii_case(text));
    let number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text.chars().all(|c| c.is_ascii_digit() || "+-._: eEtTzZ".contains(c));
    (word || number) && known(serde_norway::to_string(text)).trim_end() == text
}

/// A file of one document.
pub(crate) fn to_yaml<T: Serialize>(header: &Header<'_>, value: &T) -> String {
    to_yaml_documents(header, &[Document::new(value)])
}

/// A file of one document, without the keys whose value is `null`.
pub(crate) fn to_yaml_without_nulls<T: Serialize>(header: &Header<'_>, value: &T) -> String {
    let mut value = known(serde_norway::to_value(value));
    prune(&mut value);
    to_yaml_documents(header, &[Document::of(value)])
}

fn prune(value: &mut Value) {
    match value {
        Value::Mapping(entries) => {
            entries.retain(|_, value| !value.is_null());
            entries.values_mut().for_each(prune);
        }
        Value::Sequence(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

/// A file of several documents, for Kubernetes.
pub(crate) fn to_yaml_documents(header: &Header<'_>, documents: &[Document]) -> String {
    let documents: Vec<_> = documents.iter().map(|Document(yaml)| yaml.as_str()).collect();
    format!("{}\n{}", header.hash(), documents.join("---\n"))
}

#[cfg(test)]
pub(crate) mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    const HEADER: Header<'_> = Header { deployment: "v15", version: "15.0" };

    /// The documents of a file, for the families' own tests.
    pub(crate) fn documents(text: &str) -> Vec<serde_json::Value> {
        let documents = serde_norway::Deserializer::from_str(text);
        documents.map(|document| serde_json::Value::deserialize(document).unwrap()).collect()
    }

    fn yaml<T: Serialize>(value: &T) -> String {
        Document::new(value).0
    }

    #[test]
    fn the_header_stands_first_and_the_keys_in_order() {
        let expected = format!("{}\nb: 1\na:\n- x\n", HEADER.hash());
        assert_eq!(to_yaml(&HEADER, &json!({"b": 1, "a": ["x"]})), expected);
    }

    #[test]
    fn documents_are_separated() {
        let documents =
            [Document::new(&json!({"kind": "Namespace"})), Document::new(&json!({"kind": "Pod"}))];
        let expected = format!("{}\nkind: Namespace\n---\nkind: Pod\n", HEADER.hash());
        assert_eq!(to_yaml_documents(&HEADER, &documents), expected);
    }

    #[test]
    fn text_that_some_reader_takes_for_something_else_is_quoted() {
        let words = [
            "y", "No", "on", "OFF", "true", "null", "~", "<<", "=", "", "1.33", "1e3", "0x1F", "0644", ".inf",
        ];
        let numbers =
            ["22:22", "8000:8000", "1_000", "-1_0.5e+3", "2001-01-01", "2001-12-14 21:59:43.1 -5", "1.2.3"];
        for text in words.into_iter().chain(numbers) {
            assert_eq!(yaml(&text), format!("'{text}'\n"));
            assert_eq!(yaml(&json!({ text: [text] })), format!("'{text}':\n- '{text}'\n"));
        }
    }

    #[test]
    fn plain_text_is_bare() {
        for text in
            ["quiet", "unless-stopped", "5m", "384Gi", "deepseek:8000", "/nvme/models", "v1_33", "$(x)"]
        {
            assert_eq!(yaml(&text), format!("{text}\n"));
        }
    }

    #[test]
    fn text_cannot_leave_its_scalar() {
        for text in [
            "a: b",
            "a #b",
            "- a",
            "a\nb: c\n",
            "\n",
            "'",
            "\u{e000}on\u{e000}",
            "---\na",
            "{{ x }}",
            "\u{85}",
            "no\n",
            "\u{202e}on",
            "a\u{200b}: \"b\\\u{1b}[2J\n\ttwo\u{e0041}\n",
        ] {
            for value in [json!({ "key": text, "on": "on" }), json!([text, "1:1"]), json!({ text: "off" })] {
                let read: serde_json::Value = serde_norway::from_str(&yaml(&value)).unwrap();
                assert_eq!(read, value, "{text:?}");
                assert!(!has_hidden(&yaml(&value)), "{text:?}");
            }
        }
    }
}
