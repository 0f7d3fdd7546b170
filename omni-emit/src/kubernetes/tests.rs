use serde_json::Value;

use super::steps;
use crate::testing::{checked, document, facts};

/// The objects of a file, by kind and name.
fn objects(document: Value, path: &str) -> Vec<Value> {
    let checked = checked(document);
    let steps = steps(&facts(&checked, "k3s"));
    let artifacts = steps.iter().flat_map(|step| &step.artifacts);
    let artifact =
        artifacts.clone().find(|artifact| artifact.path == path).unwrap_or_else(|| panic!("no {path}"));
    crate::yaml::tests::documents(&artifact.file.contents)
}

fn object(path: &str, kind: &str, name: &str) -> Value {
    object_of(document(), path, kind, name)
}

fn object_of(document: Value, path: &str, kind: &str, name: &str) -> Value {
    let found =
        objects(document, path).into_iter().find(|it| it["kind"] == kind && it["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name} in {path}"))
}

#[test]
fn inference_has_what_only_one_pod_can_have() {
    let deployment = object("k8s/zone-a-inference.yaml", "Deployment", "llm");
    let spec = &deployment["spec"];
    assert_eq!(spec["strategy"]["type"], "Recreate");
    assert_eq!(spec["replicas"], 1);
    let pod = &spec["template"]["spec"];
    assert_eq!(pod["restartPolicy"], "Always");
    assert_eq!(pod["dnsPolicy"], "ClusterFirstWithHostNet");
    assert_eq!(pod["runtimeClassName"], "nvidia");
    let container = &pod["containers"][0];
    assert_eq!(container["resources"]["limits"]["nvidia.com/gpu"], "2");
    assert_eq!(container["resources"]["limits"]["memory"], "80Gi");
    assert_eq!(container["resources"]["requests"]["memory"], "76Gi");
    assert_eq!(container["resources"]["requests"]["cpu"], "1");
    let class = object("k8s/priority-classes.yaml", "PriorityClass", "small-model");
    assert_eq!(pod["priorityClassName"], class["metadata"]["name"]);
    assert_eq!(container["ports"][0]["hostPort"], 8000);
    assert_eq!(container["imagePullPolicy"], "Never");
    let startup = &container["startupProbe"];
    let numbers = ["initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold"];
    assert_eq!(numbers.map(|key| startup[key].as_u64().unwrap()), [300, 30, 10, 40]);
}

#[test]
fn what_rolls_over_by_itself_is_not_told_to() {
    let agent = object("k8s/zone-b-agents.yaml", "Deployment", "agent");
    assert!(agent["spec"].get("strategy").is_none());
}

#[test]
fn a_standby_has_no_replicas() {
    assert_eq!(object("k8s/zone-a-inference.yaml", "Deployment", "spare")["spec"]["replicas"], 0);
}

#[test]
fn a_sandboxed_zone_is_restricted_and_reached_by_nobody() {
    let pod = object("k8s/zone-b-agents.yaml", "Deployment", "agent")["spec"]["template"]["spec"].clone();
    assert_eq!(pod["runtimeClassName"], "gvisor");
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let security = &pod["containers"][0]["securityContext"];
    assert_eq!(security["privileged"], false);
    assert_eq!(security["capabilities"]["drop"][0], "ALL");
    let key = &pod["containers"][0]["env"][2];
    assert_eq!(key["valueFrom"]["secretKeyRef"]["key"], "AGENT_API_KEY");
    let namespace = object("k8s/namespaces.yaml", "Namespace", "agents");
    assert_eq!(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted");
    assert_eq!(object("k8s/runtime-classes.yaml", "RuntimeClass", "gvisor")["handler"], "gvisor");
}

#[test]
fn a_limit_of_processors_is_no_request() {
    let mut document = document();
    document["services"]["agent"]["cpus"] = 4.into();
    let agent = object_of(document, "k8s/zone-b-agents.yaml", "Deployment", "agent");
    let resources = &agent["spec"]["template"]["spec"]["containers"][0]["resources"];
    assert_eq!(resources["limits"]["cpu"], "4");
    assert_eq!(resources["requests"]["cpu"], "0");
}

/// The script of the step `pods` of a document.
fn apply_pods(document: Value) -> String {
    let checked = checked(document);
    let steps = steps(&facts(&checked, "k3s"));
    steps.iter().find(|step| step.name == "pods").unwrap().apply.to_string()
}

#[test]
fn what_left_the_model_leaves_the_cluster() {
    let apply = apply_pods(document());
    let [files, left] =
        ["zone-b-agents.yaml\n", "\nleft=$(left_behind)"].map(|text| apply.find(text).unwrap());
    assert!(files < left, "{apply}");
    assert!(apply.contains("'Secret agents omni-secrets'"), "{apply}");
}

#[test]
fn the_images_of_standbys_are_brought_too() {
    let mut document = document();
    document["services"]["spare"]["image"]["reference"] = "omni/spare:1".into();
    let apply = apply_pods(document);
    assert!(apply.contains("bring omni/spare:1 docker.io/omni/spare:1\n"), "{apply}");
}

#[test]
fn what_a_manifest_does_not_show_is_annotated_before_it_is_applied() {
    let apply = apply_pods(document());
    let annotate =
        "annotate agents agent agent k8s/zone-b-agents.yaml omni/agent:1.0 AGENT_API_KEY TRACE_KEY\n";
    let [annotated, applied] = [annotate, "kubectl apply -f \"$bundle\"/k8s/zone-b-agents.yaml\n"]
        .map(|text| apply.find(text).unwrap());
    assert!(annotated < applied, "{apply}");
    let mut plain = document();
    plain["services"]["agent"]["image"] = serde_json::json!({"reference": "owner/agent:1"});
    plain["services"]["agent"]["secrets"] = serde_json::json!({});
    assert!(!apply_pods(plain).contains("annotate agents"));
}

#[test]
fn without_pods_there_is_no_step() {
    let checked = checked(document());
    assert!(steps(&facts(&checked, "compose")).is_empty());
}

#[test]
fn a_read_only_pod_writes_to_memory() {
    let mut document = document();
    document["services"]["agent"]["read_only"] = serde_json::json!(true);
    document["services"]["agent"]["volumes"] = serde_json::json!({"/tmp": {"tmpfs": "16 MiB"}});
    let deployment = object_of(document, "k8s/zone-b-agents.yaml", "Deployment", "agent");
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(pod["volumes"][0]["emptyDir"], serde_json::json!({"medium": "Memory", "sizeLimit": "16Mi"}));
    assert_eq!(pod["containers"][0]["volumeMounts"][0]["mountPath"], "/tmp");
}
