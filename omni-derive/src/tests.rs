//! The reader, over types of its own: what it makes of tokens, and where it says that something is wrong.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use omni_model::{
    Context, Deployment, Judgement,
    document::{Document, Node, Value},
};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::{Value as Json, json};

use crate::{
    entries::{Reader, flat},
    problem::At,
};

#[path = "../../tests/arbitrary.rs"]
mod arbitrary;

/// Reads entries, and gives back the document and the problems as `line:column-column message`.
fn read(source: &str) -> (Document, Vec<String>) {
    let tokens = flat(source.parse::<TokenStream>().unwrap());
    let mut reader = Reader::default();
    let document = reader.document(At::all(&[]), None, &tokens);
    let problems = reader.problems.iter().map(|problem| {
        let place = problem.at.place();
        let end = if place.end_line == place.line { String::new() } else { format!("{}:", place.end_line) };
        format!("{}:{}-{end}{} {}", place.line, place.column, place.end_column, problem.text)
    });
    let problems = problems.collect();
    (document, problems)
}

fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Scalar(text) => text.as_str().into(),
        Value::Seq(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|entry| (entry.key.clone(), json(&entry.node)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// What entries without a problem say.
fn value(source: &str) -> Json {
    let (document, problems) = read(source);
    assert_eq!(problems, [""; 0], "{source}");
    json(&document.root)
}

/// The problems, without their help.
fn problems(source: &str) -> Vec<String> {
    let (_, problems) = read(source);
    problems
        .iter()
        .map(|problem| problem.split('\n').next().unwrap_or_default().replace("[D001] ", ""))
        .collect()
}

#[test]
fn scalars_are_runs_of_tokens_joined_to_one_text() {
    let source = r##"
        size: 384 GiB, glued: 64GiB, percent: 94%, long: 1h30min, number: -1, version: 15.0, yes: true, name: agent-orchestrator,
        address: 192.168.3.10, network: 10.42.0.0/16, range: 8000-8100, path: /nvme/models, keyword: type, raw: r#fn,
        text: "a: \"b\",\n", bare_text: r#"c"d"#, "quoted key": x, kubernetes.io/name: y, 8080: z,
    "##;
    assert_eq!(
        value(source),
        json!({
            "size": "384 GiB", "glued": "64GiB", "percent": "94%", "long": "1h30min", "number": "-1", "version": "15.0",
            "yes": "true", "name": "agent-orchestrator", "address": "192.168.3.10", "network": "10.42.0.0/16",
            "range": "8000-8100", "path": "/nvme/models", "keyword": "type", "raw": "fn", "text": "a: \"b\",\n",
            "bare_text": "c\"d", "quoted key": "x", "kubernetes.io/name": "y", "8080": "z",
        })
    );
}

#[test]
fn maps_and_lists_nest_and_flows_are_texts() {
    assert_eq!(
        value(
            "a: { b: [], c: {}, }, flows: [agent -> deepseek.http, lan -> grafana.http], l: [[1, 2], { x: y }]"
        ),
        json!({
            "a": { "b": [], "c": {} }, "flows": ["agent->deepseek.http", "lan->grafana.http"],
            "l": [["1", "2"], { "x": "y" }],
        })
    );
    assert_eq!(value(""), json!({}));
}

#[test]
fn a_doc_comment_is_the_description_of_its_entry() {
    let source = "
        /// The model
        ///   of all.
        web: { zone: hands },
        list: [
            /** Two
                lines. */
            { a: b },
        ],
        #[doc = \"by hand\"] c: {}";
    assert_eq!(
        value(source),
        json!({
            "web": { "description": "The model of all.", "zone": "hands" },
            "list": [{ "description": "Two lines.", "a": "b" }],
            "c": { "description": "by hand" },
        })
    );
}

#[test]
fn a_description_that_is_given_twice_is_wrong_at_the_second() {
    let (document, _) = read("/// One.\nweb: { description: \"Two.\" }");
    let errors = document.read::<BTreeMap<String, BTreeMap<String, String>>>().unwrap_err();
    let [error] = errors.try_into().unwrap();
    assert_eq!((error.finding.rule, document.places.get(error.span).line), ("D004", 2));
    assert_eq!(document.places.get(document.locate(&error.finding.related[0].path)).line, 1);
}

#[test]
fn what_macro_rules_put_in_invisible_groups_is_seen() {
    use proc_macro2::{Delimiter, Group};
    let group = Group::new(Delimiter::None, "384 GiB".parse().unwrap());
    let source: TokenStream = "size:".parse().unwrap();
    let tokens = flat(source.into_iter().chain([group.into()]).collect());
    let document = Reader::default().document(At::all(&[]), None, &tokens);
    assert_eq!(json(&document.root), json!({ "size": "384 GiB" }));
}

#[test]
fn places_are_those_of_the_tokens() {
    let (document, _) = read("a: {\n  b-c: 48 GiB,\n}");
    let place = |path: &str| {
        let place = document.places.get(document.locate(&path.parse().unwrap()));
        (place.line, place.column, place.end_line, place.end_column)
    };
    assert_eq!(place("a"), (1, 1, 1, 2));
    assert_eq!(place("a.b-c"), (2, 8, 2, 14));
}

/// Each line: the entries, and the problems that they have.
#[test]
fn a_mistake_is_reported_once_and_at_its_tokens() {
    for (source, expected) in [
        // Half-typed entries.
        ("a: 1, zo", &["1:7-9 `zo` has no value"][..]),
        ("zo\nports: {}", &["1:1-3 `zo` has no value"]),
        ("a-b zone: 1", &["1:1-4 `a-b` has no value"]),
        ("zone:", &["1:1-5 `zone` has no value"]),
        ("zone: , a: 1", &["1:1-5 `zone` has no value"]),
        ("zone:\nports: { http: 80 },\na: 1", &["1:1-5 `zone` has no value"]),
        (": 1, a: 1", &["1:1-2 a key is missing before this `:`"]),
        ("{ a: 1 }", &["1:1-9 expected `key: value`, found `{…}`"]),
        ("web { a: 1 }", &["1:1-13 expected `key: value`, found `web {…}`"]),
        ("web = 1", &["1:1-8 expected `key: value`, found `web=1`"]),
        ("/// nothing", &["1:1-12 there is no entry after this doc comment"]),
        // Commas.
        ("a: 1,, b: 2", &["1:6-7 there is nothing before this comma"]),
        (", b: 2", &["1:1-2 there is nothing before this comma"]),
        ("a: 1; b: 2", &["1:5-6 expected a comma, found `;`"]),
        ("a: 1 GiB\nb: 2", &["2:1-2 a comma is missing before `b`"]),
        ("a: 94%\nb-c: 2", &["2:1-2 a comma is missing before `b`"]),
        (
            "a: \"x\"\nb: 2\nc: 3",
            &["2:1-2 a comma is missing before `b`", "3:1-2 a comma is missing before `c`"],
        ),
        (
            "a: {}\nb: [1]\nc: 3",
            &["2:1-2 a comma is missing before `b`", "3:1-2 a comma is missing before `c`"],
        ),
        ("a: [{} {}]", &["1:8-9 a comma is missing before `{…}`"]),
        ("a: [\"x\" \"y\"]", &["1:5-8 there is something beside a text in quotes"]),
        // Texts that need quotes.
        ("image: qdrant/qdrant:v1, a: 1", &["1:1-6 `image` has no value"]),
        ("a: [x:y]", &["1:5-8 a text that contains `:` needs quotes"]),
        ("a: user@host", &["1:4-13 a text that contains `@` needs quotes"]),
        ("p: [iommu=pt]", &["1:5-13 a text that contains `=` needs quotes"]),
        ("a: $HOME", &["1:4-9 a text that contains `$` needs quotes"]),
        ("a: 'x'", &["1:4-7 `'x'` is neither a text nor a number"]),
        ("a: b\"x\"", &["1:4-8 `b\"x\"` is neither a text nor a number"]),
        ("a: \"384\" GiB", &["1:4-9 there is something beside a text in quotes"]),
        // Doc comments and attributes.
        (
            "/// four\nnodes: 4",
            &["1:1-9 only an entry whose value is a map in braces can have a doc comment"],
        ),
        ("/// l\na: [1]", &["1:1-6 only an entry whose value is a map in braces can have a doc comment"]),
        ("#[cfg(test)] a: {}", &["1:1-13 only doc comments are allowed before an entry"]),
    ] {
        assert_eq!(problems(source), expected, "{source}");
    }
}

#[test]
fn a_rust_expression_is_refused_with_the_reason() {
    for expression in [
        "gib(48)",
        "Some(1)",
        "(48 GiB)",
        "Bytes::gib(48)",
        "Size::MAX",
        "::a::B",
        "&x",
        "*x",
        "!x",
        "|x| x",
        "|| 1",
        "vec![1]",
        "format!(\"x\")",
        "gpus[0]",
        "4 * 12 GiB",
        "1 + 2",
        "x?",
        "if a { 1 } else { 2 }",
        "Foo { x: 1 }",
        "unsafe { 1 }",
        "a == b",
        "..x < y",
        "x as u8 + 1",
    ] {
        for (source, start) in [(format!("a: {expression}, b: 1"), 4), (format!("a: [{expression}, 1]"), 5)] {
            let (_, problems) = read(&source);
            let [problem] = problems.as_slice() else { panic!("{source}: {problems:?}") };
            let end = start + expression.chars().count();
            assert!(problem.starts_with(&format!("1:{start}-{end} [D001] `")), "{source}: {problem}");
            assert!(
                problem.contains("is a Rust expression: a macro sees its text, not its value\nhelp: "),
                "{problem}"
            );
            assert!(problem.contains("`omni::build::enforce`"), "{problem}");
        }
    }
    // A block where a map may stand is a map whose entries are wrong.
    assert_eq!(problems("a: { gib(48) }"), ["1:6-13 expected `key: value`, found `gib(…)`"]);
    assert_eq!(problems("a: {}.len()"), ["1:6-12 expected a comma after `{…}`"]);
}

#[test]
fn what_nests_without_end_is_refused() {
    let deep = "a: ".to_owned() + &"[".repeat(1000) + &"]".repeat(1000);
    assert_eq!(problems(&deep), ["1:36-37 a deployment may be nested at most 32 levels deep"]);
}

/// The document in a program that invokes the macro, if both can be read.
fn invocation(program: &str) -> Option<Document> {
    let tokens = flat(program.parse().ok()?);
    let is_name = |token: &TokenTree| matches!(token, TokenTree::Ident(name) if name == "deployment");
    let name = tokens.iter().position(is_name)?;
    let TokenTree::Group(body) = &tokens[name + 2] else { panic!("no body") };
    let (tokens, mut reader) = (flat(body.stream()), Reader::default());
    let mut rest = tokens.as_slice();
    let item = crate::item::read(&mut reader, &mut rest)?;
    let document = reader.document(At::all(&[]), item.docs, rest);
    reader.problems.is_empty().then_some(document)
}

/// What the macro finds in a program, as `rule at path`; nothing if the program is no document.
fn findings(program: &str) -> Option<Vec<String>> {
    let document = invocation(program)?;
    let findings = Judgement::of_document(&document, Vec::new(), None, &Context::default()).findings;
    let lines = findings.iter().map(|it| format!("{} at {}", it.diagnostic.rule, it.diagnostic.path));
    let mut lines: Vec<_> = lines.collect();
    lines.sort_unstable();
    Some(lines)
}

/// The malformed documents in YAML, with what their first lines say is found in them.
fn malformed() -> Vec<(PathBuf, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/compile-fail/malformed");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let fixtures: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|it| it == "yaml"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let mut expected: Vec<_> =
                text.lines().map_while(|line| line.strip_prefix("# ")).map(str::to_owned).collect();
            expected.sort_unstable();
            (path, expected)
        })
        .collect();
    assert!(!fixtures.is_empty());
    fixtures
}

/// The same documents as YAML are judged in the tests of the whole.
#[test]
fn the_macro_finds_what_is_found_in_the_examples_of_the_pages() {
    for example in omni_pages::bad_examples() {
        let Some(program) = example.rust() else { continue };
        assert_eq!(findings(&program), Some(example.findings()), "{}", example.name());
    }
}

#[test]
fn the_macro_finds_in_a_malformed_document_what_is_found_in_yaml() {
    let mut not_read = Vec::new();
    for (path, expected) in malformed() {
        let Ok(program) = fs::read_to_string(path.with_extension("rs")) else { continue };
        match findings(&program) {
            Some(found) => assert_eq!(found, expected, "{}", path.display()),
            None => not_read.push(path.file_stem().unwrap().to_str().unwrap().to_owned()),
        }
    }
    not_read.sort_unstable();
    // What is wrong with these as Rust or as YAML is no matter of the model.
    assert_eq!(not_read, ["half-typed-key", "half-typed-value", "rust-expression", "unclosed-brace"]);
}

#[test]
fn what_is_printed_is_read_back() {
    let long = "word ".repeat(60);
    let texts = [
        "384 GiB",
        "94%",
        "25min",
        "1h",
        "8",
        "008",
        "true",
        "type",
        "agent-orchestrator",
        "a.b-c",
        "a->b",
        "a -> b.http",
        "",
        " ",
        "1e5",
        "0x1f",
        "5e",
        "1.5",
        "-1",
        "a_b",
        "_",
        "9a",
        "é",
        "iommu=pt",
        "a:b",
        "\"q\" \\ \n \u{1b} \u{2028} \u{1f600}",
        "r#a",
        "'a",
        "a  b",
        "a b",
        long.trim_end(),
        "// no",
        "/* no",
        "$x",
        "192.168.3.10",
        "10.0.0.0/8",
        "/nvme",
    ];
    let mut all = serde_json::Map::new();
    for text in texts {
        let described = json!({ "description": text, "a": text, "b": { "description": text }, "l": [text, [text], { "k": text }] });
        all.insert(
            text.to_owned(),
            json!({ "list": [text, text], "map": { text: text }, "described": described, "x": [described] }),
        );
    }
    all.insert("flows".into(), json!(["a -> b.http", "lan -> c"]));
    all.insert("empty".into(), json!({ "a": {}, "b": [], "c": [{}, []] }));
    let source = Node::of(&all).unwrap().to_rust("x");
    assert!(source.contains("    flows: [a -> b.http, lan -> c],\n"));
    let document = invocation(&source).unwrap();
    all["flows"] = json!(["a->b.http", "lan->c"]);
    for (key, value) in json(&document.root).as_object().unwrap() {
        assert_eq!(value, &all[key]);
    }
    assert_eq!(json(&document.root), Json::from(all));
}

/// What the macro makes of a deployment that is written for it.
fn in_rust(deployment: &Deployment) -> Deployment {
    let source = Node::of(deployment).unwrap().to_rust("x");
    let document = invocation(&source).unwrap_or_else(|| panic!("{source}"));
    document.read().unwrap_or_else(|errors| panic!("{errors:#?}\n{source}"))
}

#[test]
fn any_deployment_comes_back_from_the_macro() {
    arbitrary::each(64, |deployment| assert_eq!(in_rust(&deployment), deployment));
}

#[test]
fn v15_comes_back_from_the_macro() {
    let v15: Deployment = invocation(include_str!("../../examples/v15.rs")).unwrap().read().unwrap();
    assert_eq!(in_rust(&v15), v15);
}
