//! Deployments as YAML: reads a text into a document whose keys and values know their lines, and writes a deployment back. The
//! YAML parser is used in this module only.

use omni_model::{
    Deployment, ModelPath,
    document::{Document, Entry, Located, MAX_DEPTH, MAX_ERRORS, Node, Place, Places, Span, Value},
    message::Message,
    rules::D001 as SYNTAX,
};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, StrInput};
use serde_json::Value as Json;

/// The maximum size of a text. Longer texts are not read.
pub const MAX_BYTES: usize = 4 << 20;

/// The maximum number of keys and values. Without it, a short text of brackets and commas would take much memory.
const MAX_NODES: usize = 1 << 17;

/// Reads a text as a document. Every scalar is kept as text: `no` becomes a boolean and `1e3` a number only if their type asks
/// for one. Aliases, tags and several documents are refused.
///
/// Returns the document, as far as it could be read, and what is wrong with it as YAML, in the order of the text.
pub fn read(file: impl Into<String>, text: &str) -> (Document, Vec<Located>) {
    let parser = Parser::new_from_str(text);
    let mut reader = Reader { parser, places: Places::default(), depth: 0, problems: Vec::new() };
    let start = reader.places.add(Place { line: 1, column: 1, end_line: 1, end_column: 1 });
    let root = if text.len() > MAX_BYTES {
        reader.problem(start, format!("the text has {} bytes", text.len()), "a deployment has at most 4 MiB");
        None
    } else {
        reader.document().unwrap_or(None)
    };
    // An empty text is an empty deployment, as in the macro: its first key is missing.
    let root = root.unwrap_or(Node { value: Value::Map(Vec::new()), span: start });
    (Document { file: file.into(), places: reader.places, root }, reader.problems)
}

/// The parser cannot go on, and the reason has been reported.
struct Stop;

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    places: Places,
    depth: usize,
    problems: Vec<Located>,
}

impl<'a> Reader<'a> {
    fn problem(&mut self, span: Span, message: impl Into<Message>, help: &str) {
        let finding = SYNTAX.finding(ModelPath::root(), message).help(help);
        self.problems.push(Located { finding, span });
    }

    /// A problem after which reading stops.
    fn stop(&mut self, span: Span, message: impl Into<Message>) -> Stop {
        self.problem(span, message, "the rest of the file is not read");
        Stop
    }

    /// The next event and its place.
    fn next(&mut self) -> Result<(Event<'a>, Place), Stop> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let (start, end) = (span.start, span.end);
                let place = Place {
                    line: start.line(),
                    column: start.col() + 1,
                    end_line: end.line(),
                    end_column: end.col() + 1,
                };
                Ok((event, place))
            }
            Some(Err(error)) => Err(self.broken(&error)),
            None => Err(Stop),
        }
    }

    fn broken(&mut self, error: &ScanError) -> Stop {
        let (line, column) = (error.marker().line(), error.marker().col() + 1);
        let span = self.places.add(Place { line, column, end_line: line, end_column: column + 1 });
        self.stop(span, format!("invalid YAML: {}", error.info()))
    }

    /// The one document of the text, if there is one.
    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::DocumentStart(_) if root.is_some() => {
                    let span = self.places.add(place);
                    self.problem(span, "a second document begins here", "a deployment is a single document");
                    return Ok(root);
                }
                Event::DocumentStart(_) => {
                    let (event, place) = self.next()?;
                    root = Some(self.node(event, place)?);
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, event: Event<'a>, place: Place) -> Result<Node, Stop> {
        let span = self.places.add(place);
        if span.index() == MAX_NODES {
            return Err(self.stop(span, format!("a deployment has at most {MAX_NODES} keys and values")));
        }
        if self.problems.len() == MAX_ERRORS {
            return Err(Stop);
        }
        if let Event::Scalar(.., Some(_))
        | Event::SequenceStart(_, Some(_))
        | Event::MappingStart(_, Some(_)) = &event
        {
            self.problem(
                span,
                "YAML tags are not allowed",
                "remove it: the type of a value follows from its key",
            );
        }
        let value = match event {
            Event::Scalar(text, style, ..) if is_null(&text, style) => Value::Null,
            Event::Scalar(text, ..) => Value::Scalar(text.into_owned()),
            Event::Alias(_) => {
                self.problem(span, "YAML aliases are not allowed", "write out the value");
                Value::Null
            }
            _ if self.depth == MAX_DEPTH => {
                let message = format!("a deployment may be nested at most {MAX_DEPTH} levels deep");
                return Err(self.stop(span, message));
            }
            event => {
                self.depth += 1;
                let value = match event {
                    Event::MappingStart(..) => self.map()?,
                    _ => self.list()?,
                };
                self.depth -= 1;
                value
            }
        };
        Ok(Node { value, span })
    }

    fn list(&mut self) -> Result<Value, Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::Seq(items)),
                (event, place) => items.push(self.node(event, place)?),
            }
        }
    }

    fn map(&mut self) -> Result<Value, Stop> {
        let mut entries = Vec::new();
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Value::Map(entries));
            }
            let key = self.node(event, place)?;
            let (event, place) = self.next()?;
            let node = self.node(event, place)?;
            match key.value {
                Value::Scalar(text) => entries.push(Entry { key: text, key_span: key.span, node }),
                _ => self.problem(key.span, "expected a key", "write `key: value`"),
            }
        }
    }
}

/// Whether a scalar is null in YAML's core schema. <https://yaml.org/spec/1.2.2/#10213-null>
fn is_null(text: &str, style: ScalarStyle) -> bool {
    style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Writes a deployment as YAML. [`read`] reads it back as the same deployment.
///
/// # Errors
/// If the deployment cannot be serialized. A deployment that was read from a document always can.
pub fn write(deployment: &Deployment) -> serde_json::Result<String> {
    let mut json = serde_json::to_value(deployment)?;
    plain(&mut json);
    Ok(omni_emit::YamlDocument::new(&json).to_string())
}

/// Turns texts that are whole numbers into numbers, which need no quotes in YAML. Both are read as the same text.
fn plain(json: &mut Json) {
    match json {
        Json::String(text) => {
            if let Some(number) = text.parse::<u64>().ok().filter(|number| number.to_string() == *text) {
                *json = number.into();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(plain),
        Json::Object(entries) => entries.values_mut().for_each(plain),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong, as `line:column-column message`.
    fn problems(text: &str) -> Vec<String> {
        let (document, problems) = read("a.yaml", text);
        let line = |Located { finding, span }: Located| {
            let Place { line, column, end_column, .. } = document.places.get(span);
            assert_eq!(finding.rule, "D001");
            format!("{line}:{column}-{end_column} {}", finding.message)
        };
        problems.into_iter().map(line).collect()
    }

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Null => "-".into(),
            Value::Scalar(text) => format!("{text:?}"),
            Value::Seq(items) => {
                format!("{:?}", items.iter().map(shown).collect::<Vec<_>>()).replace('\\', "")
            }
            Value::Map(entries) => {
                entries.iter().map(|entry| format!("{}={};", entry.key, shown(&entry.node))).collect()
            }
        }
    }

    #[test]
    fn every_scalar_is_the_text_that_it_is() {
        let text = "
a: 384 GiB
b: no
c: '8000'
d: \"x\\ty\"
e: 0x1F
f: >-
  two
  lines
? g
: ~
h:
i: '~'
\"j k\": agent -> deepseek.http
";
        let (document, problems) = read("a.yaml", text);
        assert_eq!(problems, []);
        assert_eq!(
            shown(&document.root),
            r#"a="384 GiB";b="no";c="8000";d="x\ty";e="0x1F";f="two lines";g=-;h=-;i="~";j k="agent -> deepseek.http";"#
        );
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "services:\n  wéb: { vram: { gpu1: 48 GiB } }\n  list:\n    - a\n    - 'b c'\n";
        let (document, _) = read("a.yaml", text);
        let place = |path: &str| {
            let Place { line, column, end_line, end_column } =
                document.places.get(document.locate(&path.parse().unwrap()));
            (line, column, end_line, end_column)
        };
        assert_eq!(place("services"), (1, 1, 1, 9));
        assert_eq!(place("services.\"wéb\".vram.gpu1"), (2, 24, 2, 30));
        assert_eq!(place("services.list[1]"), (5, 7, 5, 12));
    }

    #[test]
    fn what_computes_or_refers_is_refused() {
        assert_eq!(
            problems("a: &x 1\nb: *x\nc: !!str 8\n"),
            ["2:4-6 YAML aliases are not allowed", "3:4-11 YAML tags are not allowed"]
        );
        assert_eq!(problems("a: 1\n---\nb: 2\n"), ["2:1-4 a second document begins here"]);
        assert_eq!(problems("? [a]\n: 1\nb: 2"), ["1:3-4 expected a key"]);
        assert_eq!(problems(": 1"), ["1:1-1 expected a key"]);
    }

    #[test]
    fn invalid_yaml_is_refused_where_it_becomes_invalid() {
        let [problem] = problems("a: 1\nb: [1, 2\nc: 3\n").try_into().unwrap();
        assert!(problem.contains("invalid YAML"), "{problem}");
        assert_eq!(
            problems("a: \"x"),
            ["1:4-5 invalid YAML: while scanning a quoted scalar, found unexpected end of stream"]
        );
    }

    #[test]
    fn bombs_do_not_go_off() {
        assert_eq!(
            problems(&("[".repeat(100) + &"]".repeat(100))),
            ["1:33-34 a deployment may be nested at most 32 levels deep"]
        );
        assert_eq!(problems(&"[".repeat(100_000)), ["1:256-257 invalid YAML: recursion limit exceeded"]);
        let block: String = (0..1000).map(|depth| " ".repeat(depth) + "a:\n").collect();
        assert_eq!(problems(&block), ["33:33-33 a deployment may be nested at most 32 levels deep"]);
        let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, of) in ["b", "c", "d", "e", "f", "g", "h", "i", "j"]
            .iter()
            .zip(["a", "b", "c", "d", "e", "f", "g", "h", "i"])
        {
            bomb +=
                &format!("{name}: &{name} [*{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}]\n");
        }
        assert_eq!(problems(&bomb).len(), 81);
        assert_eq!(problems(&("a: &a x\nb: [".to_owned() + &"*a ,".repeat(100_000) + "]")).len(), MAX_ERRORS);
        assert_eq!(
            problems(&("[".to_owned() + &"[],".repeat(MAX_NODES) + "]")),
            ["1:393212-393213 a deployment has at most 131072 keys and values"]
        );
        let twice = read("a.yaml", &"a: 1\n".repeat(10_000)).0.read::<Deployment>().unwrap_err();
        assert_eq!(twice.len(), MAX_ERRORS);
        assert_eq!(problems(&" ".repeat(MAX_BYTES + 1)), ["1:1-1 the text has 4194305 bytes"]);
    }

    #[test]
    fn nothing_is_nothing() {
        let nothing = Value::Map(Vec::new());
        for (text, value) in
            [("", &nothing), ("# only a remark\n", &nothing), ("---\n", &Value::Null), ("~", &Value::Null)]
        {
            let (document, problems) = read("a.yaml", text);
            assert_eq!((&document.root.value, problems), (value, Vec::new()), "{text:?}");
        }
    }
}
