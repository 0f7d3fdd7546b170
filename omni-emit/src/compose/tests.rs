use std::process::Command;

use serde_json::{Value, json};

use super::{service::size, steps};
use crate::{
    artifact::Artifact,
    step::Step,
    testing::{checked, document, facts, small},
};

fn step(document: Value, option: &str) -> Step {
    let checked = checked(document);
    let mut steps = steps(&facts(&checked, option));
    assert_eq!(steps.len(), 1);
    steps.remove(0)
}

/// A Compose file as it is read.
fn file(step: &Step, path: &str) -> Value {
    let artifact = step.artifacts.iter().find(|artifact| artifact.path == path).unwrap();
    serde_norway::from_str(&artifact.file.contents).unwrap()
}

fn paths(artifacts: &[Artifact]) -> Vec<&str> {
    artifacts.iter().map(|artifact| artifact.path.as_str()).collect()
}

#[test]
fn everything_starts_with_one_file() {
    let step = step(document(), "compose");
    assert_eq!(paths(&step.artifacts), ["compose/main-stack.yaml", "compose/memory-stack.yaml"]);
    let main = file(&step, "compose/main-stack.yaml");
    assert_eq!(main["name"], "small");
    assert_eq!(main["include"], json!(["memory-stack.yaml"]));
    let services: Vec<_> = main["services"].as_object().unwrap().keys().collect();
    assert_eq!(services, ["llm", "spare", "agent"]);
    assert!(step.apply.to_string().contains("--file \"$bundle\"/compose/main-stack.yaml \"$@\""));
    assert_eq!(step.phase, "2.A");
}

#[test]
fn a_stack_without_services_here_still_starts_what_it_includes() {
    let step = step(document(), "k3s");
    let main = file(&step, "compose/main-stack.yaml");
    assert_eq!(main, json!({"name": "small", "include": ["memory-stack.yaml"]}));
    assert_eq!(step.phase, "2.5");
}

#[test]
fn a_stack_that_nothing_includes_is_started_too() {
    let mut document = document();
    document["stacks"]["main"] = json!({});
    let step = step(document, "compose");
    let apply = step.apply.to_string();
    assert!(
        apply.contains(
            "--file \"$bundle\"/compose/main-stack.yaml --file \"$bundle\"/compose/memory-stack.yaml"
        )
    );
}

#[test]
fn a_host_without_containers_has_no_step() {
    let mut document = document();
    document["options"]["k3s"]["kubernetes"] = json!(["brain", "hands", "memory"]);
    document["zones"]["memory"]["pod_security"] = json!("privileged");
    let checked = checked(document);
    assert_eq!(steps(&facts(&checked, "k3s")), []);
}

#[test]
fn the_network_is_the_same_in_each_file_that_uses_it() {
    let step = step(document(), "compose");
    let network = json!({"omni0": {
        "driver": "bridge",
        "driver_opts": {
            "com.docker.network.bridge.name": "omni0",
            "com.docker.network.bridge.enable_icc": "false",
        },
        "ipam": {"config": [{"subnet": "172.30.0.0/24", "gateway": "172.30.0.1"}]},
        "name": "omni0",
    }});
    for path in ["compose/main-stack.yaml", "compose/memory-stack.yaml"] {
        assert_eq!(file(&step, path)["networks"], network);
    }
}

#[test]
fn a_model_gets_its_gpus_its_memory_and_the_hosts_network() {
    let step = step(document(), "compose");
    let llm = &file(&step, "compose/main-stack.yaml")["services"]["llm"];
    let expected = json!({
        "deploy": {"resources": {
            "limits": {"memory": "80g"},
            "reservations": {"devices": [{"driver": "nvidia", "device_ids": ["0", "1"], "capabilities": ["gpu"]}]},
        }},
        "image": "omni/llm:1.0",
        "container_name": "llm",
        "environment": {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "JIT": "0"},
        "network_mode": "host",
        "restart": "unless-stopped",
        "volumes": [{
            "source": "/data/models",
            "target": "/models",
            "type": "bind",
            "read_only": true,
            "bind": {"create_host_path": false},
        }],
        "cap_add": ["SYS_NICE"],
        "cap_drop": ["ALL"],
        "command": ["--port", "8000", "--model", "/models/large-q4"],
        "entrypoint": ["numactl", "--cpunodebind=0", "--interleave=all", "--", "serve"],
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}},
        "shm_size": "4g",
        "security_opt": ["no-new-privileges:true"],
        "pull_policy": "never",
    });
    assert_eq!(*llm, expected);
}

#[test]
fn a_gpu_is_known_by_its_uuid_where_it_has_one() {
    let mut document = document();
    document["hosts"]["box"]["gpus"]["gpu1"]["uuid"] = json!("GPU-8f7e1b4c-0d52-4c1e-9a51-0d4a6a1f2b3c");
    let step = step(document, "compose");
    let llm = &file(&step, "compose/main-stack.yaml")["services"]["llm"];
    let devices = &llm["deploy"]["resources"]["reservations"]["devices"];
    assert_eq!(devices[0]["device_ids"], json!(["0", "GPU-8f7e1b4c-0d52-4c1e-9a51-0d4a6a1f2b3c"]));
}

#[test]
fn a_standby_starts_by_no_accident() {
    let step = step(document(), "compose");
    let spare = &file(&step, "compose/main-stack.yaml")["services"]["spare"];
    assert_eq!(spare["profiles"], json!(["standby"]));
    assert_eq!(spare["deploy"]["replicas"], 0);
    let apply = step.apply.to_string();
    assert!(apply.contains("docker ps --quiet --filter 'name=^spare$'"), "{apply}");
    assert!(!step.verify.iter().any(|check| check.script.to_string().contains("spare")));
}

#[test]
fn an_agent_is_locked_in_and_finds_names_without_docker() {
    let step = step(document(), "compose");
    let agent = &file(&step, "compose/main-stack.yaml")["services"]["agent"];
    assert_eq!(agent["runtime"], "runsc");
    assert_eq!(agent["user"], "10001:10001");
    assert_eq!(agent["networks"], json!({"omni0": {"ipv4_address": "172.30.0.12"}}));
    let ports = json!([{"target": 8080, "host_ip": "127.0.0.1", "published": 8080, "protocol": "tcp"}]);
    assert_eq!(agent["ports"], ports);
    let environment = json!({
        "LLM": "http://192.168.3.10:8000/v1",
        "STORE": "http://172.30.0.13:6333",
        "API_KEY": "${AGENT_API_KEY:?is not set}",
        "TRACE_KEY": "${TRACE_KEY:-}",
    });
    assert_eq!(agent["environment"], environment);
    assert_eq!(agent["volumes"][0]["source"], "/var/lib/omni/small/resolv.conf");
    assert_eq!(agent["volumes"][0]["target"], "/etc/resolv.conf");
    assert!(step.apply.to_string().contains("/var/lib/omni/small/resolv.conf"));
}

#[test]
fn who_stays_inside_needs_no_names() {
    let mut document = document();
    document["flows"].as_array_mut().unwrap().retain(|flow| flow != "agent -> kimi");
    let step = step(document, "compose");
    assert_eq!(file(&step, "compose/main-stack.yaml")["services"]["agent"]["volumes"], Value::Null);
    assert!(!step.apply.to_string().contains("resolv.conf"));
}

#[test]
fn a_store_keeps_its_data_on_the_host() {
    let mut document = document();
    document["services"]["store"]["volumes"]["/host"] = json!({"host": "/"});
    let step = step(document, "compose");
    let store = &file(&step, "compose/memory-stack.yaml")["services"]["store"];
    let volumes = json!([
        {"source": "/data/store", "target": "/qdrant/storage", "type": "bind", "bind": {"create_host_path": false}},
        {"source": "/", "target": "/host", "type": "bind", "read_only": true,
         "bind": {"propagation": "rslave", "create_host_path": false}},
    ]);
    assert_eq!(store["volumes"], volumes);
    assert_eq!(store["stop_grace_period"], "60s");
    assert_eq!(store["healthcheck"]["test"], json!(["CMD", "true"]));
    let ports = json!([{"target": 6333, "host_ip": "127.0.0.1", "published": 8050, "protocol": "tcp"}]);
    assert_eq!(store["ports"], ports);
}

#[test]
fn compose_takes_no_part_of_a_value_for_a_variable() {
    let mut document = document();
    document["services"]["llm"]["env"]["JIT"] = json!("a$HOME${{HOME}}$$");
    document["services"]["llm"]["args"] = json!(["$(id)"]);
    document["services"]["store"]["health"]["command"] = json!(["sh", "-c", "echo $HOME"]);
    let step = step(document, "compose");
    let llm = &file(&step, "compose/main-stack.yaml")["services"]["llm"];
    assert_eq!(llm["environment"]["JIT"], "a$$HOME$${HOME}$$$$");
    assert_eq!(llm["command"], json!(["$$(id)"]));
    let store = &file(&step, "compose/memory-stack.yaml")["services"]["store"];
    assert_eq!(store["healthcheck"]["test"], json!(["CMD", "sh", "-c", "echo $$HOME"]));
}

#[test]
fn a_size_stays_what_it_is() {
    for (text, compose) in [
        ("350 GiB", "350g"),
        ("512 MiB", "512m"),
        ("1536 MiB", "1536m"),
        ("1 TiB", "1024g"),
        ("3 KiB", "3k"),
        ("1 GB", "1000000000b"),
        ("1 B", "1b"),
    ] {
        let bytes: omni_model::units::Bytes = text.parse().unwrap();
        assert_eq!(size(bytes), compose, "{text}");
    }
}

#[test]
fn the_scripts_are_bash() {
    for option in ["compose", "k3s"] {
        let checked = small();
        for step in steps(&facts(&checked, option)) {
            let checks = step.verify.iter().map(|check| &check.script);
            for script in [&step.remember, &step.apply, &step.rollback].into_iter().chain(checks) {
                let status = Command::new("bash").args(["-n", "-c", &script.body()]).status().unwrap();
                assert!(status.success(), "{script}");
            }
        }
    }
}

#[test]
fn a_read_only_container_writes_to_memory() {
    let mut document = document();
    document["services"]["agent"]["read_only"] = json!(true);
    document["services"]["agent"]["volumes"] = json!({"/tmp": {"tmpfs": "16 MiB"}});
    let agent = &file(&step(document, "compose"), "compose/main-stack.yaml")["services"]["agent"];
    assert_eq!(agent["read_only"], true);
    let expected = json!({"type": "tmpfs", "target": "/tmp", "tmpfs": {"size": 16 << 20}});
    assert_eq!(agent["volumes"][0], expected);
}

#[test]
fn a_dot_in_a_container_s_name_is_a_dot() {
    assert_eq!(super::name_filter("vectors.1"), r"name=^vectors\.1$");
}
