//! A hostile text may change the contents of a file, but never its structure. Each test emits v15 with the text in every field
//! that accepts it, and v15 with a plain text in the same fields. The two emissions must differ only in that text. This also
//! covers commands that can run only on a machine, as root.

use std::{collections::BTreeMap, thread};

use omni::{
    Checked, Deployment,
    model::{ModelPath, Segment},
};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    examples,
    leaves::{Outcome, at, judge, leaves, tree, with},
    skeleton::skeleton,
};

/// The plain text that takes the place of the hostile one. It occurs nowhere else.
const PLAIN: &str = "Quux";

/// Texts that have broken quoting before.
const TEXTS: [&str; 9] = [
    "$(touch canary) `touch canary` $HOME $$ $1 {{ .Values }} ${HOME} %s",
    "'; touch canary; '",
    "\"; touch canary; \"",
    "a && b | c > d; e | --- | <b>*x* _y_ [x](y) --> ]]> &amp; # \\",
    "../../../etc/passwd",
    "- a: b #c &d *e !f",
    "1e3",
    "USAGE",
    "--help",
];

#[test]
fn a_hostile_text_changes_no_structure() {
    let v15 = tree(&examples::v15::v15());
    let fields: Vec<_> = leaves(&v15).into_iter().filter(|path| takes(&v15, path, PLAIN)).collect();
    let wrong = thread::scope(|scope| {
        let tries = TEXTS.map(|text| {
            let (v15, fields) = (&v15, &fields);
            scope.spawn(move || differences(both(v15, fields, text), text))
        });
        tries.map(|found| found.join().unwrap()).concat()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the deployment with the plain text, and with the hostile one, in each field that accepts both.
fn both(v15: &Value, fields: &[ModelPath], text: &str) -> [Box<Checked>; 2] {
    let mut fields: Vec<_> = fields.iter().filter(|path| takes(v15, path, text)).collect();
    loop {
        match [PLAIN, text].map(|text| everywhere(v15, &fields, text)) {
            [Ok(plain), Ok(hostile)] => {
                assert!(fields.len() > 100, "{text:?} is taken by {} fields", fields.len());
                return [plain, hostile];
            }
            tries => {
                let places: Vec<_> = tries.into_iter().filter_map(Result::err).flatten().collect();
                let before = fields.len();
                fields.retain(|field| !places.iter().any(|place| place.contains(field)));
                if fields.len() == before {
                    // The acceptance is about hardware that is no longer known, because a GPU has another
                    // name.
                    let gpus = Segment::Key("gpus".to_owned());
                    fields.retain(|field| !field.segments().contains(&gpus));
                }
                assert!(fields.len() < before, "{text:?}: {places:?}");
            }
        }
    }
}

/// Returns whether the type of a field accepts a text. Only the part of the deployment around the field is read.
fn takes(v15: &Value, path: &ModelPath, text: &str) -> bool {
    let changed = with(v15, path, json!(text));
    let mut alone = json!({ "hosts": {}, "zones": {}, "stacks": {}, "services": {} });
    for key in ["name", "version"] {
        alone[key] = changed[key].clone();
    }
    let [Segment::Key(family), inside @ ..] = path.segments() else { return false };
    alone[family] = match inside.first() {
        Some(Segment::Index(i)) => json!([changed[family][i]]),
        Some(Segment::Key(name))
            if changed[family][name].is_object() && !STRUCTS.contains(&family.as_str()) =>
        {
            json!({ name: changed[family][name] })
        }
        _ => changed[family].clone(),
    };
    serde_json::from_value::<Deployment>(alone).is_ok()
}

/// The families that are not maps of names.
const STRUCTS: [&str; 5] = ["authorization", "network", "cluster", "monitoring", "operations"];

/// Returns the deployment with the text in all of these fields. If a rule finds an error, returns the paths of the findings.
fn everywhere(v15: &Value, fields: &[&ModelPath], text: &str) -> Result<Box<Checked>, Vec<ModelPath>> {
    let mut changed = v15.clone();
    for path in fields {
        *at(&mut changed, path) = json!(text);
    }
    match judge(changed) {
        Outcome::Valid(checked) => Ok(checked),
        Outcome::Refused => panic!("{text:?} was taken by each field alone"),
        Outcome::Invalid(report) => Err(report.errors().flat_map(|error| about(v15, &error.path)).collect()),
    }
}

/// Returns the entries that a finding is about. For an acceptance, these are itself and the entry that it accepts.
fn about(v15: &Value, finding: &ModelPath) -> Vec<ModelPath> {
    let entry: ModelPath = finding.segments().iter().take(2).cloned().collect();
    match finding.segments() {
        [Segment::Key(accept), Segment::Index(i), ..] if accept == "accept" => {
            let accepted = v15["accept"][i]["at"].as_str().unwrap().parse().unwrap();
            [about(v15, &accepted), vec![entry]].concat()
        }
        _ => vec![entry],
    }
}

/// Returns where the two emissions differ in more than the text.
fn differences(both: [Box<Checked>; 2], text: &str) -> Vec<String> {
    let [plain, hostile] = both.map(|checked| files(&checked));
    if plain.len() != hostile.len() {
        return vec![format!("{text:?} makes {} files of {}", hostile.len(), plain.len())];
    }
    // A title can be part of a file name. Such a file is compared with the one at the same position among the
    // renamed files.
    let mut moved = hostile.iter().filter(|(path, _)| !plain.contains_key(*path));
    let compare = |(path, contents): (&String, &String)| {
        let (there, other) = hostile.get_key_value(path).or_else(|| moved.next()).unwrap();
        let fine = there.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
        let placed = if fine { Ok(()) } else { Err("its path needs quoting".to_owned()) };
        let same = placed.and_then(|()| same(path, contents, other, text));
        same.err().map(|why| format!("{text:?} breaks {there}: {why}"))
    };
    plain.iter().filter_map(compare).collect()
}

fn files(checked: &Checked) -> BTreeMap<String, String> {
    let tree = omni::emit(checked).unwrap().tree.into_iter();
    tree.map(|(path, file)| (path.to_string(), file.contents)).collect()
}

/// Checks that two files are equal except for the text.
fn same(path: &str, plain: &str, hostile: &str, text: &str) -> Result<(), String> {
    let texts = escapings(path, text);
    match path.rsplit(['.', '/']).next().unwrap() {
        "sh" | "cfg" => same_lines(&skeleton(plain), &skeleton(hostile)),
        "yaml" | "yml" => same_values(&documents(plain)?, &documents(hostile)?, &texts),
        "json" => {
            let read = |json: &str| serde_json::from_str::<Value>(json).map_err(|error| error.to_string());
            same_values(&read(plain)?, &read(hostile)?, &texts)
        }
        "md" => same_page(&page(plain), &page(hostile), text),
        _ => same_lines(&without_comments(plain), &without_comments(hostile)),
    }
}

/// Returns the lines of a settings file without comments.
fn without_comments(settings: &str) -> String {
    let is_comment = |line: &&str| line.starts_with('#') || line.starts_with("//");
    settings.lines().filter(|line| !is_comment(line)).map(|line| format!("{line}\n")).collect()
}

fn same_lines(plain: &str, hostile: &str) -> Result<(), String> {
    let mut lines = plain.lines().zip(hostile.lines());
    match lines.find(|(plain, hostile)| plain != hostile) {
        Some((plain, hostile)) => Err(format!("`{plain}` is now `{hostile}`")),
        None if plain.lines().count() == hostile.lines().count() => Ok(()),
        None => Err("it has another number of lines".to_owned()),
    }
}

/// A piece of a Markdown page.
#[derive(Debug)]
enum Piece<'a> {
    /// Text that a reader sees, whether formatted as code or not.
    Text(String),
    /// A code block, and its language.
    Block(String, String),
    /// Markup that determines the structure.
    Markup(Event<'a>),
}

fn page(markdown: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match (event, pieces.last_mut()) {
            (Event::Text(text), Some(Piece::Block(_, code))) => *code += &text,
            (Event::Start(Tag::CodeBlock(kind)), _) => {
                let CodeBlockKind::Fenced(language) = kind else { panic!("an indented block") };
                pieces.push(Piece::Block(language.into_string(), String::new()));
            }
            (Event::End(TagEnd::CodeBlock), _) => pieces.push(Piece::Text(String::new())),
            (Event::InlineHtml(html), _) if ["<code>", "</code>"].contains(&&*html) => {}
            (Event::Text(text) | Event::Code(text), Some(Piece::Text(before))) => *before += &text,
            (Event::Text(text) | Event::Code(text), _) => pieces.push(Piece::Text(text.into_string())),
            (markup, _) => pieces.push(Piece::Markup(markup)),
        }
    }
    pieces
}

fn same_page(plain: &[Piece<'_>], hostile: &[Piece<'_>], text: &str) -> Result<(), String> {
    let read = |a: &str, b: &str, text: &str| same_values(&json!(a), &json!(b), &[text.to_owned()]);
    let same = |(plain, hostile): (&Piece<'_>, &Piece<'_>)| match (plain, hostile) {
        // In prose, text between backticks is shown as code.
        (Piece::Text(a), Piece::Text(b)) => {
            let [a, b, bare] = [a, b, text].map(|text| text.replace('`', ""));
            read(&a, &b, &bare)
        }
        (Piece::Block(a, code), Piece::Block(b, other)) if a == b && a == "mermaid" => {
            same_lines(&outside_quotes(code), &outside_quotes(other))
        }
        // The block is a script, or a command that the author wrote.
        (Piece::Block(a, code), Piece::Block(b, other)) if a == b => {
            same_lines(&skeleton(code), &skeleton(other)).or_else(|_| read(code, other, text))
        }
        (Piece::Markup(a), Piece::Markup(b)) if a == b || is_comment(a) && is_comment(b) => Ok(()),
        (plain, hostile) => Err(format!("{plain:?} is now {hostile:?}")),
    };
    plain.iter().zip(hostile).try_for_each(same)?;
    if plain.len() == hostile.len() { Ok(()) } else { Err("it has more markup".to_owned()) }
}

fn is_comment(markup: &Event<'_>) -> bool {
    let Event::Html(html) = markup else { return false };
    html.starts_with("<!--") && html.trim_end().find("-->") == Some(html.trim_end().len() - 3)
}

/// Returns the structure of a Mermaid diagram, without its labels.
fn outside_quotes(diagram: &str) -> String {
    diagram.split('"').step_by(2).collect()
}

fn documents(yaml: &str) -> Result<Value, String> {
    let documents = serde_norway::Deserializer::from_str(yaml).map(Value::deserialize);
    documents.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

/// Checks that two values are equal except for the text, which may be escaped for its reader.
fn same_values(plain: &Value, hostile: &Value, texts: &[String]) -> Result<(), String> {
    match (plain, hostile) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.values().zip(b.values()).try_for_each(|(a, b)| same_values(a, b, texts))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).try_for_each(|(a, b)| same_values(a, b, texts))
        }
        (Value::String(a), Value::String(b)) if texts.iter().any(|text| a.replace(PLAIN, text) == *b) => {
            Ok(())
        }
        // A hash of the files that Compose mounts, so that a changed file recreates the container.
        (Value::String(a), Value::String(b)) if is_hash(a) && is_hash(b) => Ok(()),
        (a, b) if a == b => Ok(()),
        (a, b) => Err(format!("{a} is now {b}")),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the forms that the text may have in a value of the file, because some readers need it escaped: Compose expands
/// variables, and so does Kubernetes in commands. Prometheus treats an annotation as a template. The double braces of
/// an Omni template may also appear as the single braces that they stand for.
fn escapings(path: &str, text: &str) -> Vec<String> {
    let compose = |text: String| vec![text.replace('$', "$$")];
    let others = |text: String| vec![text.replace("$(", "$$("), text.replace("{{", r#"{{ "{{" }}"#), text];
    let filled = text.replace("{{", "{").replace("}}", "}");
    let texts = [text.to_owned(), filled].into_iter();
    if path.contains("/compose/") {
        texts.flat_map(compose).collect()
    } else {
        texts.flat_map(others).collect()
    }
}
