//! Findings as SARIF 2.1.0, which code scanning takes. <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>

use serde_json::{Value, json};

use super::answer::with;
use crate::model::{
    Judgement,
    document::Place,
    judgement::{At, Finding},
    rules,
};

pub(super) fn log(judgement: &Judgement) -> Value {
    let rules = rules::all().map(|rule| {
        json!({
            "id": rule.id,
            "name": rule.name,
            "shortDescription": { "text": rule.summary },
            "help": { "text": rule.docs, "markdown": rule.docs },
            "defaultConfiguration": { "level": rule.severity.to_string() },
        })
    });
    let accepted = judgement.accepted.iter().map(|(finding, acceptance)| {
        let suppression = json!([{ "kind": "inSource", "justification": acceptance.reason }]);
        with(result(finding), "suppressions", Some(suppression))
    });
    let results = judgement.findings.iter().map(result).chain(accepted);
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "omni",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn result(finding: &Finding) -> Value {
    let diagnostic = &finding.diagnostic;
    let logical = |path: &dyn ToString| json!([{ "fullyQualifiedName": path.to_string() }]);
    let location = json!({ "logicalLocations": logical(&diagnostic.path) });
    let location = with(location, "physicalLocation", finding.at.as_ref().map(physical));
    let related = diagnostic.related.iter().enumerate().map(|(i, related)| {
        let location = json!({
            "id": i,
            "logicalLocations": logical(&related.path),
            "message": { "text": related.note },
        });
        with(location, "physicalLocation", finding.related.get(i).map(physical))
    });
    json!({
        "ruleId": diagnostic.rule,
        "ruleIndex": rules::all().position(|rule| rule.id == diagnostic.rule),
        "level": diagnostic.severity.to_string(),
        "message": { "text": finding.text() },
        "locations": [location],
        "relatedLocations": related.collect::<Vec<_>>(),
    })
}

fn physical(At { file, place, .. }: &At) -> Value {
    let Place { line, column, end_line, end_column } = place;
    json!({
        "artifactLocation": { "uri": uri(file) },
        "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
    })
}

/// A path as a reference of RFC 3986.
fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let mut uri = scheme.to_owned();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri += &format!("%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference() {
        assert_eq!(uri("a b/ä:1.yaml"), "a%20b/%C3%A4%3A1.yaml");
        assert_eq!(uri("/srv/a.yaml"), "file:///srv/a.yaml");
    }
}
