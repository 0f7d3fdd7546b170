//! A small deployment for the unit tests of the families: one host with two GPUs, three zones, the options `compose` and
//! `k3s`. Each test changes the document as it needs.

use std::process::Command;

use omni_model::{Checked, Context, Deployment, Facts, check};
use serde_json::{Value, json};

use crate::script::Script;

/// The deployment as a document.
pub(crate) fn document() -> Value {
    json!({
        "name": "small",
        "version": "1.0",
        "hosts": {"box": {
            "address": "192.168.3.10",
            "lan": {"interface": "eno1", "cidr": "192.168.3.0/24"},
            "numa_nodes": 4,
            "ram": {"capacity": "128 GiB", "ceiling": "94%", "reserve": "8 GiB"},
            "gpus": {
                "gpu0": {"model": "RTX PRO 6000 Blackwell", "vram": "96 GiB"},
                "gpu1": {"model": "RTX 5090", "vram": "32 GiB"},
            },
            "root": {"capacity": "256 GB", "reserve": "100 GB"},
            "storage": {
                "mount": "/data",
                "capacity": "512 GiB",
                "models": "models",
                "directories": {"models": {}, "store": {"owner": "1000:1000", "size": "16 GiB"}},
            },
            "swap": {"file": "/data/swapfile", "size": "64 GiB"},
        }},
        "zones": {
            "brain": {"title": "Zone A", "namespace": "inference", "pod_security": "privileged"},
            "hands": {
                "title": "Zone B",
                "sandbox": "gvisor",
                "namespace": "agents",
                "labels": {"zone": "hands"},
                "pod_security": "restricted",
            },
            "memory": {"title": "Memory"},
        },
        "stacks": {"main": {"includes": ["memory"]}, "memory": {}},
        "options": {"compose": {}, "k3s": {"kubernetes": ["brain", "hands"]}},
        "models": {"large": {
            "title": "A large model",
            "repository": "owner/large",
            "include": ["*Q4*"],
            "directory": "large-q4",
            "size": "64 GiB",
        }},
        "services": {
            "llm": {
                "zone": "brain",
                "stack": "main",
                "image": {"reference": "omni/llm:1.0", "source": "local"},
                "command": ["serve"],
                "args": ["--port", "{http}", "--model", "{model:large}"],
                "env": {"JIT": "0"},
                "volumes": {"/models": {"read_only": "models"}},
                "models": ["large"],
                "ports": {"http": "8000"},
                "host_network": true,
                "memory": {"weights": "64 GiB", "kv_cache": "8 GiB"},
                "memory_limit": "80 GiB",
                "shm": "4 GiB",
                "vram": {"gpu0": "90 GiB", "gpu1": "30 GiB"},
                "numa": {"cpunodebind": 0, "interleave": "all"},
                "capabilities": ["SYS_NICE"],
                "load_time": "25min",
                "probes": {"startup": {"initial_delay": "300s", "period": "30s", "timeout": "10s", "failures": 40}},
                "health": {"http": {"port": "http", "path": "/health"}},
                "metrics": {"port": "http", "exporter": "sglang"},
            },
            "spare": {
                "zone": "brain",
                "stack": "main",
                "state": {"standby": {"replaces": ["llm"]}},
                "image": {"reference": "omni/llm:1.0", "source": "local"},
                "ports": {"http": "8002"},
                "host_network": true,
                "memory": {"weights": "32 GiB"},
                "memory_limit": "40 GiB",
                "health": {"http": {"port": "http", "path": "/health"}},
            },
            "agent": {
                "zone": "hands",
                "stack": "main",
                "image": {"reference": "omni/agent:1.0", "source": "local"},
                "user": "10001:10001",
                "env": {"LLM": "http://{llm.http}/v1", "STORE": "http://{store.http}"},
                "secrets": {"API_KEY": "AGENT_API_KEY", "TRACE_KEY": "TRACE_KEY"},
                "ports": {"http": "8080"},
                "memory_limit": "2 GiB",
                "cpus": 4,
                "health": {"tcp": "http"},
            },
            "store": {
                "zone": "memory",
                "stack": "memory",
                "image": {"reference": "qdrant/qdrant:v1.19.0-unprivileged"},
                "user": "1000:1000",
                "volumes": {"/qdrant/storage": {"data": "store"}},
                "ports": {"http": "8050:6333"},
                "memory_limit": "1 GiB",
                "health": {"command": ["true"]},
                "metrics": {"port": "http", "exporter": "qdrant"},
            },
        },
        "apis": {"kimi": {"title": "Kimi K2"}},
        "secrets": {
            "AGENT_API_KEY": {"description": "The key of the agent"},
            "TRACE_KEY": {"description": "Where the agent leaves its traces", "optional": true},
        },
        "flows": [
            "agent -> llm.http",
            "agent -> store.http",
            "agent -> kimi",
            "lan -> llm.http",
        ],
        "cluster": {
            "host": "box",
            "k3s": "v1.36.1+k3s1",
            "pod_cidr": "10.42.0.0/16",
            "service_cidr": "10.43.0.0/16",
            "disable": ["traefik", "servicelb"],
            "swap": "LimitedSwap",
            "eviction": {"memory_available": "1 GiB", "nodefs_available": "5%", "imagefs_available": "5%"},
            "device_plugin": {"image": "nvcr.io/nvidia/k8s-device-plugin:v0.20.0"},
        },
        "operations": {"restart_watch": "10min"},
    })
}

/// A document that contains a deployment without errors.
pub(crate) fn checked(document: Value) -> Checked {
    let deployment: Deployment = serde_json::from_value(document).unwrap();
    check(deployment, &Context::default()).unwrap_or_else(|report| panic!("{report}"))
}

/// The deployment as it is.
pub(crate) fn small() -> Checked {
    checked(document())
}

/// A deployment in the option of that name.
pub(crate) fn facts<'a>(checked: &'a Checked, option: &str) -> Facts<'a> {
    checked.facts().into_iter().find(|facts| *facts.option() == option).unwrap()
}

#[test]
fn it_is_valid_in_both_options() {
    let small = small();
    let options: Vec<_> = small.facts().iter().map(|facts| facts.option().to_string()).collect();
    assert_eq!(options, ["compose", "k3s"]);
    assert!(!facts(&small, "compose").has_kubernetes());
    assert!(facts(&small, "k3s").has_kubernetes());
}

/// Runs a script as the function of a step, with stubs for the machine's commands. Returns its output as `Ok` if it succeeds, else as
/// `Err`.
pub(crate) fn run(script: &Script, stubs: &str) -> Result<String, String> {
    let harness = "fail() { echo \"fail: $*\"; exit 1; }; skip() { echo \"skip: $*\"; exit 77; }; say() { echo \"$*\"; }
        loading() { echo \"loading: $*\"; exit 78; }; exec 3>/dev/null";
    let waiting = include_str!("operations/waiting.sh");
    let script = format!(
        "set -euo pipefail\nshopt -s inherit_errexit\n{harness}\n{waiting}\n{stubs}\nstep() {{\n{script}\n}}\nstep"
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    if output.status.success() { Ok(text) } else { Err(text) }
}
