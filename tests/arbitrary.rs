//! Generates arbitrary deployments from the JSON Schema, so that no type, key or variant is left out.

use omni_model::{
    Deployment,
    document::{Document, Node, Places},
    schema::schema,
};
use proptest::{
    collection::vec,
    option,
    prelude::{BoxedStrategy, Just, Strategy, any},
    strategy::Union,
    string::string_regex,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value};

/// For types whose schema pattern accepts more than they can read: a pattern for what they can read.
const NARROW: [(&str, &str); 21] = [
    ("Bytes", "[0-9]{1,4} ?(TiB|TB|GiB|GB|MiB|MB|KiB|kB|B)"),
    ("Capability", "[A-Z]{1,3}(_[A-Z]{1,9})?"),
    ("Cidr", r"10\.0\.0\.0/8|172\.16\.[0-9]\.0/24|192\.168\.3\.[1-9]/32"),
    ("Date", "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"),
    ("Duration", "[0-9]{1,4}(s|min|h|d)"),
    ("Flow", r"[a-z]{1,9} ?-> ?[a-z]([a-z-]{0,9}[a-z0-9])?(\.[a-z]{1,9})?"),
    ("Glob", r"[a-z*?\[\]][a-z0-9*._-]{0,9}"),
    (
        "ImageRef",
        "([a-z]{1,9}[.:][0-9]{1,4}/)?[a-z]{1,9}(/[a-z]{1,9})?(:[a-z0-9][a-z0-9._-]{0,9})?(@sha256:[0-9a-f]{64})?",
    ),
    ("K3sRelease", r"v1\.(3[3-9]|[1-9][0-9]{2})\.[0-9]{1,2}\+k3s[0-9]"),
    ("ModelPath", r#"[a-z_-]{1,9}(\.[a-z]{1,9}|\[[0-9]{1,3}\]|\."[a-z .é/]{0,5}")*"#),
    (
        "OpeningTarget",
        r"any|ssh|[a-z]{1,9}\.[a-z]{1,9}|[0-4]?[1-9]:[5-9][0-9]{3}/(tcp|udp)|[1-9]{1,4}/(tcp|udp)",
    ),
    ("Owner", "operator|root|[0-9]{1,9}:[0-9]{1,9}"),
    ("Peer", r"[a-z]([a-z-]{0,9}[a-z0-9])?(\.[a-z]{1,9})?"),
    ("Port", "[1-9][0-9]{0,3}"),
    ("PortMapping", "([1-9][0-9]{0,3}:)?[1-9][0-9]{0,3}(/(tcp|udp))?"),
    ("PortName", "([0-9]{1,2}-)?[a-z][a-z0-9]{0,4}(-[a-z0-9]{1,4})?"),
    ("PortOf", r"[a-z]([a-z-]{0,9}[a-z0-9])?\.[a-z]{1,9}"),
    ("SampleValues", "[0-9]{1,3}(x[0-9]{1,2})?( (stale|_|-?[0-9]{1,2}[+-][0-9]{1,2}x[0-9]{1,2}))?"),
    ("Source", r"anywhere|lan|pods|services|10\.42\.0\.0/16"),
    (
        "Template",
        r"([^{}\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\{\{|\}\}|\{[a-z]{1,9}(\.[a-z]{1,9})?\}|\{model:[a-z]{1,9}\})*",
    ),
    ("User", "[0-9]{1,9}:[0-9]{1,9}"),
];

/// Runs a test with this number of deployments, the same ones on each run, and finds the smallest one for which it panics.
pub(crate) fn each(cases: u32, test: impl Fn(Deployment)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let schema = schema();
    let run = runner.run(&values(&schema, &schema), |tree| {
        test(read(&tree));
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("{error}"));
}

fn read(tree: &Value) -> Deployment {
    let root = Node::of(tree).unwrap();
    let document = Document { file: String::new(), places: Places::default(), root };
    document.read().unwrap_or_else(|errors| {
        let errors: Vec<_> = errors.iter().map(|error| error.finding.to_string()).collect();
        panic!("{errors:#?}\n{tree:#}")
    })
}

/// Returns a strategy for the values that a part of the schema accepts.
fn values(whole: &Value, part: &Value) -> BoxedStrategy<Value> {
    if let Some(name) = reference(part) {
        return match NARROW.iter().find(|(narrow, _)| *narrow == name) {
            Some((_, expression)) => texts(expression),
            None => values(whole, &whole["$defs"][name]),
        };
    }
    if let Some(one) = part.get("const") {
        return Just(one.clone()).boxed();
    }
    if let Some(variants) = part.get("oneOf").or_else(|| part.get("anyOf")) {
        return Union::new(variants.as_array().unwrap().iter().map(|variant| values(whole, variant))).boxed();
    }
    let kind = if let Value::Array(kinds) = &part["type"] { &kinds[0] } else { &part["type"] };
    match kind.as_str().unwrap() {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "integer" => {
            let limit = |key: &str| part[key].as_u64().unwrap();
            (limit("minimum")..=limit("maximum")).prop_map(Value::from).boxed()
        }
        "array" => vec(values(whole, &part["items"]), 0..4).prop_map(Value::from).boxed(),
        "object" if part.get("properties").is_some() => object(whole, part),
        "object" => {
            let (pattern, value) = part["patternProperties"].as_object().unwrap().iter().next().unwrap();
            let entries = vec((keys(whole, pattern), values(whole, value)), 0..4);
            entries.prop_map(|entries| entries.into_iter().collect::<Map<_, _>>().into()).boxed()
        }
        _ if part["format"] == "ipv4" => {
            any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string().into()).boxed()
        }
        _ => texts(bare(part["pattern"].as_str().unwrap())),
    }
}

fn reference(part: &Value) -> Option<&str> {
    part["$ref"].as_str()?.strip_prefix("#/$defs/")
}

fn object(whole: &Value, part: &Value) -> BoxedStrategy<Value> {
    let required = part["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let entries = part["properties"].as_object().unwrap().iter().map(|(key, value)| {
        let name = key.clone();
        let entry = values(whole, value).prop_map(move |value| (name.clone(), value));
        match required.iter().any(|it| it == key) {
            true => entry.prop_map(Some).boxed(),
            false => option::weighted(0.75, entry).boxed(),
        }
    });
    let entries: Vec<_> = entries.collect();
    entries.prop_map(|entries| entries.into_iter().flatten().collect::<Map<_, _>>().into()).boxed()
}

/// Returns a strategy for the keys that a pattern accepts: those of the type that has the pattern.
fn keys(whole: &Value, pattern: &str) -> BoxedStrategy<String> {
    let narrow = NARROW.iter().find(|(name, _)| whole["$defs"][name]["pattern"] == pattern);
    string_regex(narrow.map_or(bare(pattern), |(_, expression)| expression)).unwrap().boxed()
}

fn texts(expression: &str) -> BoxedStrategy<Value> {
    string_regex(expression).unwrap().prop_map(Value::from).boxed()
}

/// Returns a pattern without its anchors.
fn bare(pattern: &str) -> &str {
    pattern.strip_prefix("^(?:").and_then(|rest| rest.strip_suffix(")$")).unwrap()
}
