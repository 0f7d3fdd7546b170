//! One validator behind every door: the same documents, as text and as values, give the same findings. The macro's door
//! stands in omni-derive's own tests, and what the compiler makes of it in `compile-fail/`.

use std::{fs, path::Path};

use omni::{
    Source, check,
    model::{Context, Diagnostic},
};

/// What `omni init --rust` writes.
#[path = "../src/cli/init/main.rs"]
#[expect(dead_code, reason = "its main function")]
mod init;

#[test]
fn init_writes_the_same_in_both_forms() {
    let yaml = include_str!("../src/cli/init/deployment.yaml");
    let verdict = Source::yaml("deployment.yaml", yaml).check(&Context::default());
    assert_eq!(verdict.deployment, Some(init::home().into()));
}

/// Each as `rule at path`, sorted.
fn shown<'a>(findings: impl IntoIterator<Item = &'a Diagnostic>) -> Vec<String> {
    let lines = findings.into_iter().map(|Diagnostic { rule, path, .. }| format!("{rule} at {path}"));
    let mut lines: Vec<_> = lines.collect();
    lines.sort_unstable();
    lines
}

#[test]
fn a_text_and_a_value_have_the_findings_of_their_fixture() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile-fail/rules");
    // The day on which the rules' pages are.
    let context = Context { today: "2026-12-01".parse().ok() };
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let documents: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    assert!(!documents.is_empty());
    for path in documents {
        let text = fs::read_to_string(&path).unwrap();
        let mut expected: Vec<_> = text.lines().map_while(|line| line.strip_prefix("# ")).collect();
        expected.sort_unstable();
        let verdict = Source::file(&path).unwrap().check(&context);
        let found = shown(verdict.findings.iter().map(|finding| &finding.diagnostic));
        assert_eq!(found, expected, "{}", path.display());
        assert!(verdict.findings.iter().all(|finding| finding.at.is_some()));
        // What cannot be read is no value.
        let Some(deployment) = verdict.deployment else { continue };
        let report = match check(deployment, &context) {
            Ok(checked) => checked.warnings().clone(),
            Err(report) => report,
        };
        assert_eq!(shown(&report.findings), expected, "{}", path.display());
    }
}
