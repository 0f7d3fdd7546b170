//! A small deployment for the tests of alerts.

use serde_json::{Value, json};

use super::Case;
use crate::{Deployment, Facts};

/// A model with a GPU on one host, and what watches them.
pub(super) fn document() -> Value {
    let exporter = |exporter: &str, port: &str| {
        json!({
            "zone": "care", "stack": "box", "image": {"reference": "exporter:1.0"}, "memory_limit": "1 GiB",
            "ports": {"http": port}, "metrics": {"port": "http", "exporter": exporter},
        })
    };
    let mut cluster = exporter("kube-state-metrics", "9101");
    cluster["options"] = json!(["k3s"]);
    cluster["host_network"] = json!(true);
    let mut model = exporter("sglang", "8000");
    model["zone"] = json!("brain");
    model["host_network"] = json!(true);
    let alert = |when: Value, lasting: &str| json!({"when": when, "for": lasting, "severity": "warning", "summary": "S"});
    let ready = "kube_pod_status_ready{condition=\"false\"}";
    let mut pods = alert(json!({"promql": format!("{ready} == 1")}), "0s");
    pods["cases"] = json!([
        {"name": "not ready", "series": {ready: "1x4"}, "at": "30s", "fires": [{"condition": "false"}]},
        {"name": "ready", "series": {ready: "0x4"}, "at": "30s"},
    ]);
    let mut document = json!({
        "name": "test",
        "version": "1.0",
        "hosts": {"box": {
            "address": "192.168.3.10",
            "lan": {"interface": "eno1", "cidr": "192.168.3.0/24"},
            "ram": {"capacity": "384 GiB", "ceiling": "94%", "reserve": "20 GiB"},
            "gpus": {"gpu0": {"model": "RTX 5090", "vram": "32 GiB"}},
            "storage": {"mount": "/nvme", "capacity": "1 TiB"},
            "swap": {"file": "/nvme/swapfile", "size": "64 GiB"},
        }},
        "zones": {"brain": {"title": "Brain", "namespace": "inference"}, "care": {"title": "Care"}},
        "stacks": {"box": {}},
        "options": {"compose": {}, "k3s": {"kubernetes": ["brain"]}},
        "services": {
            "deepseek": model,
            "prometheus": exporter("prometheus", "9090"),
            "alertmanager": exporter("alertmanager", "9093"),
            "node-exporter": exporter("node", "9100"),
            "dcgm-exporter": exporter("dcgm", "9400"),
            "kube-state-metrics": cluster,
        },
        "monitoring": {
            "prometheus": "prometheus",
            "alertmanager": "alertmanager",
            "scrape_interval": "15s",
            "retention": "30d",
            "group": "critical",
            "alerts": {
                "BlackwellResetLoopRisk": {
                    "when": {"restarts": {"service": "deepseek", "more_than": 2, "within": "10min"}},
                    "for": "1min",
                    "severity": "critical",
                    "summary": "S",
                    "action": {"stop": "deepseek"},
                },
                "OwnRestarts": alert(
                    json!({"restarts": {"service": "prometheus", "more_than": 2, "within": "10min"}}), "1min"
                ),
                "HighMemoryPressure": alert(json!({"memory_used": {"above": "95%"}}), "2min"),
                "SwapInUse": alert(json!({"swap_used": {"above": "50%"}}), "5min"),
                "SwapMissing": alert(json!("swap_missing"), "1min"),
                "SwapStorm": alert(json!({"swap_storm": {"pages_per_second": 1000}}), "5min"),
                "MemoryStalled": alert(json!({"memory_stalled": {"above": "10%"}}), "5min"),
                "OomKill": alert(json!({"oom_kill": {"within": "10min"}}), "0s"),
                "CrashLoop": alert(json!("crash_loop"), "5min"),
                "NotServing": alert(json!({"not_serving": {"service": "deepseek"}}), "30min"),
                "TargetDown": alert(json!("target_down"), "5min"),
                "GpuXid": alert(json!("gpu_xid"), "0s"),
                "VramNearlyFull": alert(json!({"vram_used": {"above": "97%"}}), "5min"),
                "DiskLow": alert(json!({"disk_low": {"below": "10%"}}), "10min"),
                "DiskFullSoon": alert(json!({"disk_predicted_full": {"within": "4d"}}), "1h"),
                "InodesLow": alert(json!({"inodes_low": {"below": "5%"}}), "10min"),
                "DiskReadOnly": alert(json!("disk_read_only"), "1min"),
                "Watchdog": alert(json!("watchdog"), "0s"),
                "Pods": pods,
                "MetricMissing": alert(json!("metric_missing"), "10min"),
            },
        },
    });
    let more = [
        ("GpuHot", alert(json!({"gpu_hot": {"above": 87}}), "5min")),
        ("GpuThrottled", alert(json!("gpu_throttled"), "10min")),
        ("GpuRowRemapFailed", alert(json!("gpu_row_remap_failed"), "0s")),
        ("MemoryUncorrectable", alert(json!({"memory_uncorrectable": {"within": "1h"}}), "0s")),
        ("MemoryCorrectable", alert(json!({"memory_correctable": {"more_than": 10, "within": "1d"}}), "0s")),
        ("ClockUnsynchronized", alert(json!("clock_unsynchronized"), "10min")),
        ("NotificationsFailed", alert(json!("notifications_failed"), "5min")),
        ("NotificationsDropped", alert(json!("notifications_dropped"), "5min")),
        ("RuleFailures", alert(json!("rule_failures"), "5min")),
    ];
    for (name, alert) in more {
        document["monitoring"]["alerts"][name] = alert;
    }
    document
}

pub(super) fn deployment(document: Value) -> Deployment {
    serde_json::from_value(document).unwrap()
}

pub(super) fn scenario<'a>(deployment: &'a Deployment, option: &str) -> Facts<'a> {
    Facts::all(deployment).into_iter().find(|scenario| *scenario.option() == option).unwrap()
}

/// The expression of an alert in an option.
pub(super) fn expression(deployment: &Deployment, option: &str, name: &str) -> Option<String> {
    let scenario = scenario(deployment, option);
    scenario.alerts().iter().find(|rule| *rule.name == name).map(|rule| rule.expr.clone())
}

/// The expression of a kind of alerts with these keys in an option.
pub(super) fn expr_in(option: &str, when: Value) -> Option<String> {
    let mut document = document();
    let alert = json!({"when": when, "for": "5min", "severity": "warning", "summary": "S"});
    document["monitoring"]["alerts"] = json!({"Tried": alert});
    expression(&deployment(document), option, "Tried")
}

/// The same where both options have it and agree.
pub(super) fn expr(when: Value) -> String {
    let [compose, k3s] = ["compose", "k3s"].map(|option| expr_in(option, when.clone()).unwrap());
    assert_eq!(compose, k3s);
    compose
}

/// The cases of an alert.
pub(super) fn cases_of(deployment: &Deployment, option: &str, alert: &str) -> Vec<Case> {
    let scenario = scenario(deployment, option);
    let all = scenario.cases().into_iter();
    all.filter(|all| *all.alert == alert).flat_map(|all| all.cases).collect()
}

/// The small deployment with a cAdvisor beside Prometheus.
pub(super) fn with_cadvisor() -> Value {
    let mut document = document();
    document["services"]["cadvisor"] = json!({
        "zone": document["services"]["prometheus"]["zone"], "stack": document["services"]["prometheus"]["stack"],
        "image": {"reference": "ghcr.io/google/cadvisor:v0.60.5"},
        "ports": {"http": "8089:8080"}, "memory_limit": "256 MiB",
        "metrics": {"port": "http", "exporter": "cadvisor"},
    });
    let alerts = document["monitoring"]["alerts"].as_object_mut().unwrap();
    let mut memory = alerts["HighMemoryPressure"].clone();
    memory["when"] = json!({"service_memory": {"above": "90%"}});
    alerts.insert("ServiceMemory".to_owned(), memory);
    document
}

/// The same with what every kind of alerts needs, and an alert of each.
pub(super) fn with_each_kind() -> Value {
    let mut document = with_cadvisor();
    document["services"]["deepseek"]["vram"] = json!({"gpu0": "30 GiB"});
    let alerts = &mut document["monitoring"]["alerts"];
    for (name, kind) in [("GpuLost", "gpu_lost"), ("Unhealthy", "unhealthy")] {
        alerts[name] = json!({"when": kind, "for": "5min", "severity": "warning", "summary": "S"});
    }
    document
}
