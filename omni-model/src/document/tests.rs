use std::{cell::Cell, fmt::Debug, net::Ipv4Addr, str::FromStr};

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Eq, Hash)]
struct Name(String);

impl FromStr for Name {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.chars().all(|c| c.is_ascii_lowercase()) {
            true => Ok(Self(text.into())),
            false => Err(format!("`{text}` is not a name")),
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Port(u16);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Active,
    Standby { replaces: Vec<Name> },
    External(String),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    zone: Name,
    image: String,
    #[serde(default)]
    ports: IndexMap<Name, Port>,
    state: Option<State>,
    address: Option<Ipv4Addr>,
    #[serde(default)]
    privileged: bool,
    #[serde(default)]
    args: Vec<String>,
    pair: Option<(u8, i8)>,
}

type Services = IndexMap<Name, Service>;

fn document(json: serde_json::Value) -> Document {
    let root = Node::from_embedded(json, &mut (0..).map(Span));
    Document { file: "deployment.yaml".into(), places: Places::default(), root }
}

fn read<T: DeserializeOwned>(json: serde_json::Value) -> Result<T, Vec<Located>> {
    document(json).read()
}

/// The errors as `rule path: message (help)`.
fn errors<T: DeserializeOwned + Debug>(json: serde_json::Value) -> Vec<String> {
    let line = |Located { finding: Diagnostic { rule, path, message, help, .. }, .. }| match help {
        Some(help) => format!("{rule} {path}: {message} ({help})"),
        None => format!("{rule} {path}: {message}"),
    };
    read::<T>(json).unwrap_err().into_iter().map(line).collect()
}

#[test]
fn every_scalar_is_a_text_that_its_type_reads() {
    let services: Services = read(json!({
        "web": {
            "zone": "hands", "image": "nginx", "ports": { "http": "80", "https": 443 }, "privileged": "true",
            "state": { "standby": { "replaces": ["api"] } }, "address": "10.0.0.1", "args": ["-v", "8"], "pair": ["1", "-1"],
        },
        "api": { "zone": "brain", "image": "true", "state": "active" },
        "hub": { "zone": "brain", "image": "8", "state": { "external": "https://hub" }, "address": null },
    }))
    .unwrap();
    let [web, api, hub] = services.into_values().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(
        web.ports,
        IndexMap::from([(Name("http".into()), Port(80)), (Name("https".into()), Port(443))])
    );
    assert_eq!(web.state, Some(State::Standby { replaces: vec![Name("api".into())] }));
    assert_eq!((web.privileged, web.address), (true, Some(Ipv4Addr::new(10, 0, 0, 1))));
    assert_eq!((web.args, web.pair), (vec!["-v".into(), "8".into()], Some((1, -1))));
    assert_eq!((api.image.as_str(), api.state, api.privileged), ("true", Some(State::Active), false));
    assert_eq!((hub.state, hub.address), (Some(State::External("https://hub".into())), None));
}

#[test]
fn everything_wrong_is_reported_at_once_and_once() {
    let wrong = json!({
        "web": { "zone": "Hands", "image": "a", "vram": {}, "privileged": "yes", "ports": { "http": "99999", "X": "1" } },
        "api": { "zoen": "brain", "image": "a" },
        "hub": { "zone": "brain" },
        "Box": { "zone": "brain", "image": "a" },
        "db": { "zone": "brain", "image": ["a"], "args": ["a", {}, "b", []], "pair": ["1", "2", "3"] },
    });
    assert_eq!(
        errors::<Services>(wrong),
        [
            "D005 web.zone: `Hands` is not a name",
            "D002 web.vram: unknown key `vram` (the possible keys are `zone`, `image`, `ports`, `state`, `address`, `privileged`, `args`, `pair`)",
            "D005 web.privileged: expected `true` or `false`, found `yes`",
            "D005 web.ports.http: `99999` is too large: the maximum is 65535",
            "D005 web.ports.X: `X` is not a name",
            "D002 api.zoen: unknown key `zoen` (did you mean `zone`?)",
            "D003 hub: key `image` is missing in `hub`",
            "D005 Box: `Box` is not a name",
            "D005 db.image: expected a single value, found a list",
            "D005 db.args[1]: expected a single value, found a map",
            "D005 db.args[3]: expected a single value, found a list",
        ]
    );
}

#[test]
fn what_is_read_as_a_number_says_what_would_be_one() {
    let port = |text: &str| errors::<Port>(json!(text)).concat();
    assert_eq!(port("x"), "D005 .: expected a whole number, found `x`");
    assert_eq!(port("8000.0"), "D005 .: expected a whole number, found `8000.0`");
    assert_eq!(port("-"), "D005 .: expected a whole number, found `-`");
    assert_eq!(port("-1"), "D005 .: `-1` is too small: the minimum is 0");
    assert_eq!(port("65536"), "D005 .: `65536` is too large: the maximum is 65535");
    assert_eq!(errors::<i8>(json!("-129")).concat(), "D005 .: `-129` is too small: the minimum is -128");
    assert_eq!(errors::<f64>(json!("1.x")).concat(), "D005 .: expected a number, found `1.x`");
}

#[test]
fn an_enum_is_a_bare_name_or_a_map_with_one_key() {
    let state = |json| errors::<IndexMap<Name, State>>(json!({ "a": json })).concat();
    assert_eq!(state(json!("atcive")), "D005 a: unknown value `atcive` (did you mean `active`?)");
    assert_eq!(
        state(json!("off")),
        "D005 a: unknown value `off` (the possible values are `active`, `standby`, `external`)"
    );
    assert_eq!(
        state(json!({ "stand-by": {} })),
        "D005 a.stand-by: unknown value `stand-by` (did you mean `standby`?)"
    );
    assert_eq!(state(json!("standby")), "D005 a: `standby` needs a value (write `{ standby: … }`)");
    assert_eq!(state(json!({ "active": "x" })), "D005 a.active: `active` takes no value");
    assert_eq!(
        state(json!({ "standby": { "replaces": ["X"] } })),
        "D005 a.standby.replaces[0]: `X` is not a name"
    );
    assert_eq!(state(json!({ "standby": {} })), "D003 a.standby: key `replaces` is missing in `a.standby`");
    assert_eq!(
        state(json!({ "active": "x", "standby": "y" })),
        "D005 a: expected a name or a map with one key, found a map (use one of `active`, `standby`, `external`)"
    );
}

#[test]
fn an_error_of_the_whole_is_an_error_at_the_root() {
    assert_eq!(errors::<Service>(json!({})), ["D003 .: key `zone` is missing"]);
    assert_eq!(errors::<Service>(json!("x")), ["D005 .: expected a map, found `x`"]);
    assert_eq!(errors::<Service>(json!(null)), ["D005 .: expected a map, found nothing"]);
}

#[test]
fn a_key_that_stands_twice_is_wrong_at_its_second_place() {
    let entry = |key: &str, span| Entry {
        key: key.into(),
        key_span: Span(span),
        node: Node { value: Value::Scalar("1".into()), span: Span(span + 1) },
    };
    let value = Value::Map(vec![entry("http", 1), entry("https", 3), entry("http", 5), entry("http", 7)]);
    let root = Node { value, span: Span(0) };
    let errors = Document { root, ..document(json!({})) }.read::<IndexMap<Name, Port>>().unwrap_err();
    let shown = |Located { finding, span }: &Located| {
        let related = finding.related.first().map(|related| (related.path.to_string(), related.note.clone()));
        (*span, finding.rule, finding.message.clone(), related)
    };
    let places: Vec<_> = errors.iter().map(shown).collect();
    let first = Some(("http".to_owned(), "first given here".to_owned()));
    let at = |span| (Span(span), "D004", "`http` is given twice".to_owned(), first.clone());
    assert_eq!(places, [at(5), at(7)]);
}

#[test]
fn a_path_is_located_at_its_scalar_else_its_key_else_what_is_around_it() {
    // Spans in the order of the text: 0 the root, 1 `services`, 2 its map, 3 `web`, 4 its map, 5 `zone`, 6 `hands`,
    // 7 `flows`, 8 its list, 9 the first flow, 10 the second.
    let document = document(json!({ "services": { "web": { "zone": "hands" } }, "flows": ["a->b", { }] }));
    let located = |path: &str| document.locate(&path.parse().unwrap()).index();
    assert_eq!(located("."), 0);
    assert_eq!(located("services"), 1);
    assert_eq!(located("services.web"), 3);
    assert_eq!(located("services.web.zone"), 6);
    assert_eq!(located("services.web.vram.gpu0"), 3);
    assert_eq!(located("services.api"), 1);
    assert_eq!(located("flows[0].from"), 9);
    assert_eq!(located("flows[1]"), 10);
    assert_eq!(located("flows[2]"), 7);
    assert_eq!(located("version"), 0);
}

#[test]
fn an_embedded_document_is_read_back_with_its_places() {
    let mut places = Places::default();
    let mut span = |line, column| places.add(Place { line, column, end_line: line, end_column: column + 3 });
    let item = Node { value: Value::Scalar("a\"b\n".into()), span: span(2, 7) };
    let root_span = span(1, 1);
    let entry = Entry {
        key: "a.b".into(),
        key_span: span(2, 1),
        node: Node { value: Value::Seq(vec![item]), span: span(2, 6) },
    };
    let root = Node { value: Value::Map(vec![entry]), span: root_span };
    let written = Document { file: "a b.rs".into(), places, root };
    let read = Document::from_embedded(&written.embed()).unwrap();
    for path in [".", "\"a.b\"", "\"a.b\"[0]"] {
        let path = path.parse().unwrap();
        assert_eq!(read.places.get(read.locate(&path)), written.places.get(written.locate(&path)), "{path}");
    }
    assert_eq!((read.file.as_str(), read.embed()), ("a b.rs", written.embed()));
    assert!(Document::from_embedded("[]").is_err());
}

thread_local! {
    static READ: Cell<usize> = const { Cell::new(0) };
}

#[derive(Debug)]
struct Counted;

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        READ.set(READ.get() + 1);
        u8::deserialize(deserializer).map(|_| Self)
    }
}

#[test]
fn what_was_right_is_not_read_again_for_each_error() {
    let entries = |list: bool| -> serde_json::Value {
        let text = |i: usize| if i % 20 == 7 { "x" } else { "1" };
        match list {
            true => (0..1000).map(text).collect(),
            false => (0..1000).map(|i| (i.to_string(), text(i))).collect(),
        }
    };
    READ.set(0);
    assert_eq!(errors::<IndexMap<String, Counted>>(entries(false)).len(), 50);
    assert_eq!(errors::<Vec<Counted>>(entries(true)).len(), 50);
    // Once each, and where a reading goes on from, what stands before that.
    assert!(READ.get() <= 2 * (1000 + 50), "{}", READ.get());
}

#[test]
fn a_key_of_an_earlier_release_says_what_to_write_instead() {
    for key in ["corrections", "deviations", "hardenings"] {
        let errors = errors::<crate::Deployment>(json!({ key: [] }));
        let found = format!("D002 {key}: unknown key `{key}` (the key is gone: write `notes: [{{ heading: ");
        assert!(errors.iter().any(|error| error.starts_with(&found)), "{errors:#?}");
    }
}
