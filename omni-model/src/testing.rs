//! A small deployment for the unit tests of policies and of the prover.

use serde_json::{Value, json};

use crate::{Deployment, Facts};

/// Two hosts. On Kubernetes, `agent` is a pod and `llm` one in the host's network; the rest are containers.
fn document() -> Value {
    let host = |address: &str| {
        json!({
            "address": address,
            "lan": {"interface": "eno1", "cidr": "192.168.3.0/24", "operators": ["192.168.3.7", "192.168.3.8"]},
            "ram": {"capacity": "64 GiB", "ceiling": "90%", "reserve": "8 GiB"},
        })
    };
    let service = |zone: &str, port: &str| {
        json!({
            "zone": zone, "host": "one", "stack": "all", "memory_limit": "1 GiB",
            "image": {"reference": "x:1"}, "ports": {"http": port},
        })
    };
    let on_host = |mut service: Value| {
        service["host_network"] = json!(true);
        service
    };
    let mut far = service("data", "9100:9000");
    far["host"] = json!("two");
    json!({
        "name": "small", "version": "1",
        "hosts": {"one": host("192.168.3.10"), "two": host("192.168.3.11")},
        "zones": {
            "brain": {"title": "A"},
            "hands": {"title": "B", "namespace": "agents", "labels": {"zone": "hands"}},
            "data": {"title": "C"},
        },
        "stacks": {"all": {}},
        "options": {"compose": {}, "k3s": {"kubernetes": ["brain", "hands"]}},
        "services": {
            "llm": on_host(service("brain", "8000")),
            "agent": service("hands", "8080"),
            "tool": service("hands", "8070"),
            "store": service("data", "8050:6333"),
            "watch": service("data", "9090"),
            "far": far,
        },
        "apis": {"api": {"title": "API"}},
        "cluster": {
            "host": "one", "k3s": "v1.36.1+k3s1", "pod_cidr": "10.42.0.0/16", "service_cidr": "10.43.0.0/16",
            "eviction": {"memory_available": "1 GiB", "nodefs_available": "10%", "imagefs_available": "15%"},
        },
    })
}

/// The deployment, changed.
pub(crate) fn deployment(change: impl FnOnce(&mut Value)) -> Deployment {
    let mut document = document();
    change(&mut document);
    serde_json::from_value(document).unwrap()
}

/// The deployment with these flows.
pub(crate) fn flows(flows: &[&str]) -> Deployment {
    deployment(|document| document["flows"] = json!(flows))
}

/// A deployment in the option of that name.
pub(crate) fn scenario<'a>(deployment: &'a Deployment, option: &str) -> Facts<'a> {
    Facts::all(deployment).into_iter().find(|facts| *facts.option() == option).unwrap()
}
