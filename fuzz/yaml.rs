//! The YAML door: whatever stands there is read and judged, each finding is printed in every format, and what can be read comes
//! back from YAML as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use omni::{
    Source,
    cli::{Format, printed},
    model::{Context, shown::is_hidden},
    yaml,
};

fuzz_target!(|text: &str| {
    let verdict = Source::yaml("fuzz.yaml", text).check(&Context::default());
    for finding in &verdict.findings {
        assert!(finding.at.is_some());
        // A line of the text in it is cut.
        assert!(finding.location().lines().all(|line| line.chars().count() < 2_000), "{}", finding.location());
    }
    for format in [Format::Text, Format::Json, Format::Sarif] {
        let mut printed = printed(&verdict, format);
        for colour in ["0", "1", "31", "33"] {
            printed = printed.replace(&format!("\u{1b}[{colour}m"), "");
        }
        assert!(!printed.contains(|c| c != '\n' && is_hidden(c)), "{printed:?}");
    }
    let Some(deployment) = verdict.deployment else {
        assert!(!verdict.findings.is_empty());
        return;
    };
    let written = yaml::write(&deployment).unwrap();
    let again = Source::yaml("written.yaml", &written).check(&Context::default());
    assert!(again.deployment.as_ref() == Some(&deployment), "{written}");
});
