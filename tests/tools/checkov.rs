//! checkov, over the manifests of each option: it finds what the runbook says that it finds, and nothing else.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use omni::Deployment;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{examples, stage::Stage, tool, tree};

/// A check, and an object that fails it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    id: String,
    name: String,
    object: String,
}

#[derive(Deserialize)]
struct Report {
    results: Results,
    summary: Summary,
}

#[derive(Deserialize)]
struct Results {
    failed_checks: Vec<Failed>,
}

#[derive(Deserialize)]
struct Failed {
    check_id: String,
    check_name: String,
    resource: String,
}

#[derive(Deserialize)]
struct Summary {
    parsing_errors: usize,
}

/// What checkov finds in the manifests of a folder.
fn found(manifests: &Path) -> BTreeSet<Finding> {
    let mut checkov = tool::command("checkov");
    checkov.args(["--framework", "kubernetes", "--compact", "--output", "json", "--quiet"]);
    // Without the network it has its own checks all the same.
    checkov.args(["--skip-download", "--soft-fail", "--directory"]).arg(manifests);
    let said = tool::run(&mut checkov).unwrap();
    let mut reports = serde_json::Deserializer::from_str(&said).into_iter::<Report>();
    let report = reports.next().unwrap().unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!(report.summary.parsing_errors, 0, "{said}");
    let finding =
        |failed: Failed| Finding { id: failed.check_id, name: failed.check_name, object: failed.resource };
    report.results.failed_checks.into_iter().map(finding).collect()
}

/// What a runbook says that checkov finds.
fn accepted(runbook: &Path) -> BTreeSet<Finding> {
    let text = fs::read_to_string(runbook).unwrap();
    let mut findings = BTreeSet::new();
    for row in text.lines().filter(|line| line.starts_with("| `CKV")) {
        // Markdown's escapes are no text.
        let row = row.replace('\\', "");
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, name, objects, reason] = cells[..] else { panic!("{row}") };
        assert!(!reason.is_empty(), "{row}");
        for object in objects.split(", ") {
            let object = object.trim_matches('`').to_owned();
            let finding = Finding { id: id.trim_matches('`').to_owned(), name: name.to_owned(), object };
            assert!(!findings.contains(&finding), "twice: {finding:?}");
            findings.insert(finding);
        }
    }
    findings
}

/// Compares the two for each option of an emitted bundle that has manifests, and says how many options those are.
fn compare(bundle: &Path) -> usize {
    let folders = crate::folders(bundle).unwrap();
    let options: Vec<PathBuf> = folders.into_iter().filter(|option| option.join("k8s").exists()).collect();
    for option in &options {
        let (found, accepted) = (found(&option.join("k8s")), accepted(&option.join("RUNBOOK.md")));
        let new: Vec<_> = found.difference(&accepted).collect();
        let gone: Vec<_> = accepted.difference(&found).collect();
        assert!(new.is_empty(), "{}: mend or accept these: {new:#?}", option.display());
        assert!(gone.is_empty(), "{}: these are accepted, and do not fail: {gone:#?}", option.display());
    }
    options.len()
}

#[test]
fn checkov_finds_in_the_examples_what_their_runbooks_say() {
    let options: usize =
        examples().unwrap().iter().map(|example| compare(&crate::emit(example, "checkov").unwrap())).sum();
    assert_eq!(options, 1, "one option of the examples runs on Kubernetes");
}

/// v15 with other settings in the services that run on Kubernetes.
fn changed(name: &str, change: impl Fn(&str, &mut Value)) -> Stage {
    let v15: &Deployment = &crate::v15::v15();
    let mut document = serde_json::to_value(v15).unwrap();
    for (service, spec) in document["services"].as_object_mut().unwrap() {
        if spec["zone"] == "brain" || spec["zone"] == "hands" {
            change(service, spec);
        }
    }
    let deployment: Deployment = serde_json::from_value(document).unwrap();
    Stage::of(name, &deployment, |_| Vec::new())
}

#[test]
fn what_the_model_says_is_no_longer_found() {
    let stage = changed("checkov-strict", |_, service| {
        service["user"] = json!("10001:10001");
        service["read_only"] = json!(true);
        service["volumes"]["/tmp"] = json!({ "tmpfs": "16 MiB" });
        service["cpus"] = json!(2);
        service["image"] =
            json!({ "reference": format!("example.org/{}@sha256:{}", "image:1", "0".repeat(64)) });
        service["secrets"] = json!({});
    });
    let option = stage.root.join("out/k3s");
    assert_eq!(compare(&stage.root.join("out")), 1);
    let still: BTreeSet<_> = accepted(&option.join("RUNBOOK.md"))
        .into_iter()
        .filter(|finding| finding.object.starts_with("Deployment"))
        .map(|finding| finding.id)
        .collect();
    // The network of the host, numactl's capability and the token of kube-state-metrics are what remains.
    let expected = ["CKV_K8S_19", "CKV_K8S_25", "CKV_K8S_26", "CKV_K8S_38"];
    assert_eq!(still, expected.map(str::to_owned).into());
}

#[test]
fn what_the_model_leaves_open_is_found() {
    let stage = changed("checkov-open", |name, service| match name {
        "deepseek" => service["capabilities"] = json!(["SYS_ADMIN"]),
        "kube-state-metrics" => {
            service["user"] = json!("1000:1000");
            service["read_only"] = json!(false);
            service["probes"]["liveness"] = Value::Null;
        }
        "glm" => service["probes"]["readiness"] = Value::Null,
        _ => {}
    });
    assert_eq!(compare(&stage.root.join("out")), 1);
    let found = accepted(&stage.root.join("out/k3s/RUNBOOK.md"));
    for (id, object) in [
        ("CKV_K8S_39", "inference-engine"),
        ("CKV_K8S_40", "kube-state-metrics"),
        ("CKV_K8S_22", "kube-state-metrics"),
        ("CKV_K8S_8", "kube-state-metrics"),
        ("CKV_K8S_9", "glm"),
    ] {
        let object = format!("Deployment.inference.{object}");
        assert!(found.iter().any(|finding| finding.id == id && finding.object == object), "{id} {object}");
    }
}

#[test]
fn checkov_reads_the_manifests() {
    let folder = crate::fixtures("good/tree");
    assert!(!tree::paths(&folder, "").unwrap().is_empty());
    assert!(!found(&folder).is_empty(), "a Deployment without any setting fails some check");
}
