//! Checks that written data is read back unchanged: any deployment as YAML, and the examples including their artifacts.

use std::{cell::RefCell, collections::BTreeSet};

use omni::{
    Checked, Source,
    model::{Context, schema::schema},
    yaml,
};
use serde_json::Value;

use crate::{arbitrary, examples};

#[test]
fn any_deployment_comes_back_from_yaml() {
    arbitrary::each(64, |deployment| {
        let text = yaml::write(&deployment).unwrap();
        // The rules run as well. They must not panic on any deployment.
        let verdict = Source::yaml("any.yaml", &text).check(&Context::default());
        assert!(verdict.deployment.as_ref() == Some(&deployment), "{:#?}\n{text}", verdict.findings);
    });
}

/// Collects the names of keys and variants in a schema.
fn names<'a>(schema: &'a Value, found: &mut BTreeSet<&'a str>) {
    match schema {
        Value::Array(parts) => parts.iter().for_each(|part| names(part, found)),
        Value::Object(parts) => {
            found.extend(schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()));
            found.extend(schema["const"].as_str());
            parts.values().for_each(|part| names(part, found));
        }
        _ => {}
    }
}

/// Collects the keys and the texts of a document.
fn words(tree: Value, found: &mut BTreeSet<String>) {
    match tree {
        Value::Array(items) => items.into_iter().for_each(|item| words(item, found)),
        Value::Object(entries) => {
            for (key, value) in entries {
                found.insert(key);
                words(value, found);
            }
        }
        Value::String(text) => _ = found.insert(text),
        _ => {}
    }
}

#[test]
fn any_deployment_has_any_key_and_any_variant() {
    let (schema, found) = (schema(), RefCell::new(BTreeSet::new()));
    let mut all = BTreeSet::new();
    names(&schema, &mut all);
    arbitrary::each(512, |deployment| {
        words(serde_json::to_value(&deployment).unwrap(), &mut found.borrow_mut())
    });
    let found = found.into_inner();
    let missing: Vec<_> = all.into_iter().filter(|name| !found.contains(*name)).collect();
    // Default values are not written.
    assert_eq!(
        missing,
        ["NoSwap", "active", "baseline", "deny", "held", "own", "registry", "unless_stopped"]
    );
}

#[test]
fn an_example_in_yaml_gives_the_same_files() {
    for (name, deployment) in examples::ALL {
        let checked = deployment();
        let verdict = Source::yaml("example.yaml", yaml::write(&checked).unwrap()).check(&Context::default());
        let tree = |checked: &Checked| omni::emit(checked).unwrap().tree;
        assert!(tree(&verdict.checked.unwrap()) == tree(&checked), "{name}");
    }
}
