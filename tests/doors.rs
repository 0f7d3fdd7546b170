//! Every entry point uses the same validator: the same documents, as text and as values, give the same findings. The macro is
//! tested in omni-derive, and the compiler's output in `compile-fail/`.

use std::{collections::BTreeSet, fs, path::Path};

use omni::{
    Source, check,
    model::{Context, Diagnostic},
};

/// The output of `omni init --rust`.
#[path = "../src/cli/init/main.rs"]
#[expect(dead_code, reason = "its main function")]
mod init;

#[test]
fn init_writes_the_same_in_both_forms() {
    let yaml = include_str!("../src/cli/init/deployment.yaml");
    let verdict = Source::yaml("deployment.yaml", yaml).check(&Context::default());
    assert_eq!(verdict.deployment, Some(init::home().into()));
}

/// Returns the findings as `rule at path`, sorted.
fn shown<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>) -> Vec<String> {
    let lines = findings.into_iter().map(|Diagnostic { rule, path, .. }| format!("{rule} at {path}"));
    let mut lines: Vec<_> = lines.collect();
    lines.sort_unstable();
    lines
}

/// Returns the malformed documents in YAML, each with the findings that its first lines name.
fn malformed() -> impl Iterator<Item = (String, Source, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile-fail/malformed");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let expected = text.lines().map_while(|line| line.strip_prefix("# "));
        let mut expected: Vec<_> = expected.map(str::to_owned).collect();
        expected.sort_unstable();
        assert!(!expected.is_empty(), "{}", path.display());
        (path.display().to_string(), Source::file(&path).unwrap(), expected)
    })
}

/// Returns the bad examples of the rule pages in YAML, each with its findings.
fn examples() -> impl Iterator<Item = (String, Source, Vec<String>)> {
    omni_pages::bad_examples().map(|example| {
        let name = example.name();
        (name.clone(), Source::yaml(name, example.yaml()), example.findings())
    })
}

#[test]
fn a_text_and_a_value_have_the_same_findings() {
    let context = Context { today: omni_pages::TODAY.parse().ok() };
    let mut values = 0;
    for (name, source, expected) in examples().chain(malformed()) {
        let verdict = source.check(&context);
        let found = shown(verdict.findings.iter().map(|finding| &finding.diagnostic));
        assert_eq!(found, expected, "{name}");
        assert!(verdict.findings.iter().all(|finding| finding.at.is_some()));
        // A document that cannot be read has no value.
        let Some(deployment) = verdict.deployment else { continue };
        values += 1;
        let report = match check(deployment, &context) {
            Ok(checked) => checked.warnings().clone(),
            Err(report) => report,
        };
        assert_eq!(shown(&report.findings), expected, "{name}");
    }
    assert!(values > 0);
}

/// Each kind of malformed document has a test case in YAML and in Rust. Kinds that exist in only one of them have one test
/// case.
#[test]
fn the_malformed_documents_are_the_same_in_both_forms() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile-fail/malformed");
    let named = |end: &str| -> BTreeSet<String> {
        let files =
            fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        files.filter_map(|name| name.strip_suffix(end).map(str::to_owned)).collect()
    };
    let (rust, yaml) = (named(".rs"), named(".yaml"));
    let rust_alone: Vec<_> = rust.difference(&yaml).collect();
    assert_eq!(
        rust_alone,
        [
            "attribute",
            "doc-comment",
            "doc-comment-on-a-map",
            "duplicate-description",
            "empty",
            "missing-comma",
            "no-head",
            "no-semicolon",
            "not-a-function",
            "unquoted",
        ]
    );
    assert_eq!(yaml.difference(&rust).collect::<Vec<_>>(), ["alias-bomb", "nesting-bomb"]);
}
