//! The YAML door: whatever stands there is read and judged, each finding is shown, and what can be read comes back from YAML
//! as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use omni::{Source, model::Context, yaml};

fuzz_target!(|text: &str| {
    let verdict = Source::yaml("fuzz.yaml", text).check(&Context::default());
    for finding in &verdict.findings {
        assert!(finding.at.is_some());
        let _ = (finding.text(), finding.location());
    }
    let Some(deployment) = verdict.deployment else {
        assert!(!verdict.findings.is_empty());
        return;
    };
    let written = yaml::write(&deployment).unwrap();
    let again = Source::yaml("written.yaml", &written).check(&Context::default());
    assert!(again.deployment.as_ref() == Some(&deployment), "{written}");
});
