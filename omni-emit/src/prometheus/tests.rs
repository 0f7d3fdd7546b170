use serde_json::{Value, json};

use super::*;
use crate::{
    step::Step,
    testing::{checked, document, facts, run},
};

/// The small deployment with all kinds of monitoring.
pub(crate) fn watched() -> Value {
    let mut document = document();
    let exporter = |image: &str, port: &str, exporter: &str| {
        json!({
            "zone": "memory", "stack": "memory", "image": {"reference": image}, "memory_limit": "256 MiB",
            "ports": {"http": port}, "metrics": {"port": "http", "exporter": exporter},
        })
    };
    let services = &mut document["services"];
    services["prometheus"] = exporter("prom/prometheus:v3.14.0", "9090", "prometheus");
    services["prometheus"]["volumes"] = json!({"/prometheus": {"data": "metrics"}});
    services["alertmanager"] = exporter("prom/alertmanager:v0.34.0", "9093", "alertmanager");
    services["grafana"] = exporter("grafana/grafana:13.2.3", "3000", "grafana");
    services["node-exporter"] = exporter("quay.io/prometheus/node-exporter:v1.12.1", "9100", "node");
    services["node-exporter"]["host_network"] = json!(true);
    services["dcgm-exporter"] =
        exporter("nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless", "9400", "dcgm");
    services["kube-state-metrics"] = exporter(
        "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0",
        "9101",
        "kube-state-metrics",
    );
    services["kube-state-metrics"]["zone"] = json!("brain");
    services["kube-state-metrics"]["host_network"] = json!(true);
    services["kube-state-metrics"]["options"] = json!(["k3s"]);
    services["store"]["image"]["reference"] = json!("owner/store:1.0");
    services["store"]["metrics"]["path"] = json!("/sys/metrics");
    document["hosts"]["box"]["storage"]["directories"]["metrics"] =
        json!({"owner": "65534:65534", "size": "5 GiB"});
    document["secrets"]["HOOK"] = json!({"description": "Where alerts go"});
    document["flows"].as_array_mut().unwrap().push(json!("lan -> prometheus.http"));
    document["flows"].as_array_mut().unwrap().push(json!("lan -> grafana.http"));
    let alert = |when: Value, severity: &str| json!({"when": when, "for": "5min", "severity": severity, "summary": "{{ odd }}"});
    let mut note = alert(json!({"promql": "up == 2"}), "none");
    note["cases"] = json!([
        {"name": "two", "series": {"up{job=\"llm\"}": "2x40"}, "at": "5min", "fires": [{"job": "llm"}]},
        {"name": "one", "series": {"up{job=\"llm\"}": "1x40"}, "at": "5min"},
    ]);
    document["monitoring"] = json!({
        "prometheus": "prometheus",
        "alertmanager": "alertmanager",
        "grafana": "grafana",
        "scrape_interval": "15s",
        "retention": "30d",
        "receiver": {"kind": "webhook", "url": "HOOK"},
        "group": "omni-critical",
        "alerts": {
            "Restarts": {
                "when": {"restarts": {"service": "llm", "more_than": 2, "within": "10min"}},
                "for": "1min",
                "severity": "critical",
                "summary": "It starts again and again",
                "action": {"stop": "llm"},
            },
            "HighMemory": alert(json!({"memory_used": {"above": "95%"}}), "warning"),
            "SwapMissing": alert(json!("swap_missing"), "critical"),
            "CrashLoop": alert(json!("crash_loop"), "critical"),
            "TargetDown": alert(json!("target_down"), "critical"),
            "MetricMissing": alert(json!("metric_missing"), "warning"),
            "GpuXid": alert(json!("gpu_xid"), "critical"),
            "VramFull": alert(json!({"vram_used": {"above": "97%"}}), "warning"),
            "DiskLow": alert(json!({"disk_low": {"below": "10%"}}), "warning"),
            "Note": note,
            "Watchdog": alert(json!("watchdog"), "none"),
        },
        "dashboards": {
            "grafana": {"title": "Grafana", "at": "grafana.http", "purpose": "Metrics"},
            "prometheus": {"title": "Prometheus", "at": "prometheus.http", "purpose": "Queries"},
        },
    });
    document
}

fn steps_of(option: &str) -> Vec<Step> {
    steps(&facts(&checked(watched()), option))
}

/// A file of an option, as a value.
fn file(option: &str, path: &str) -> Value {
    let steps = steps_of(option);
    let artifact = steps[0].artifacts.iter().find(|artifact| artifact.path == path);
    serde_norway::from_str(&artifact.unwrap_or_else(|| panic!("{path}")).file.contents).unwrap()
}

#[test]
fn each_service_with_metrics_is_a_job() {
    let config = file("k3s", "monitoring/prometheus.yml");
    let jobs: Vec<_> =
        config["scrape_configs"].as_array().unwrap().iter().map(|job| &job["job_name"]).collect();
    assert_eq!(
        jobs,
        [
            "llm",
            "store",
            "prometheus",
            "alertmanager",
            "grafana",
            "node-exporter",
            "dcgm-exporter",
            "kube-state-metrics"
        ]
    );
    assert_eq!(
        config["scrape_configs"][1],
        json!({
            "job_name": "store",
            "metrics_path": "/sys/metrics",
            "static_configs": [{
                "targets": ["172.30.0.13:6333"],
                "labels": {"host": "box", "zone": "memory"},
            }],
        })
    );
    assert_eq!(config["scrape_configs"][0]["static_configs"][0]["targets"], json!(["192.168.3.10:8000"]));
    assert_eq!(config["rule_files"], json!(["rules/omni-critical.yaml"]));
    assert_eq!(config["global"]["scrape_interval"], "15s");
    let told = &config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"];
    assert_eq!(*told, json!(["172.30.0.15:9093"]));
    let compose = file("compose", "monitoring/prometheus.yml");
    assert!(!compose.to_string().contains("kube-state-metrics"));
}

#[test]
fn the_alerts_are_rules() {
    let rules = |option| file(option, "monitoring/rules/omni-critical.yaml")["groups"][0].clone();
    let group = rules("k3s");
    assert_eq!(group["name"], "omni-critical");
    assert_eq!(
        group["rules"][0],
        json!({
            "alert": "Restarts",
            "expr": "increase(kube_pod_container_status_restarts_total{container=\"llm\"}[10m]) > 2",
            "for": "1m",
            "labels": {"severity": "critical"},
            "annotations": {
                "summary": "It starts again and again",
                "action": "k3s kubectl --namespace inference scale deployment llm --replicas=0",
            },
        })
    );
    assert_eq!(group["rules"][1]["annotations"]["summary"], "{{ \"{{\" }} odd }}");
    assert!(!rules("compose").to_string().contains("kube_"));
}

#[test]
fn the_rules_have_tests() {
    let tests = file("k3s", "monitoring/tests/Note.yaml");
    assert_eq!(tests["rule_files"], json!(["../rules/omni-critical.yaml"]));
    assert_eq!(
        tests["tests"][0],
        json!({
            "name": "Note: two",
            "interval": "15s",
            "input_series": [{"series": "up{job=\"llm\"}", "values": "2x40"}],
            "alert_rule_test": [{
                "eval_time": "5m",
                "alertname": "Note",
                "exp_alerts": [{
                    "exp_labels": {"job": "llm", "severity": "none"},
                    // As people read it: the template of the rule has been expanded.
                    "exp_annotations": {"summary": "{{ odd }}"},
                }],
            }],
        })
    );
    assert_eq!(tests["tests"][1]["alert_rule_test"][0]["exp_alerts"], json!([]));
}

#[test]
fn alertmanager_tells_the_receiver() {
    let config = file("compose", "monitoring/alertmanager.yml");
    assert_eq!(config["route"]["receiver"], "webhook");
    assert_eq!(
        config["route"]["routes"],
        json!([
            {
                "matchers": ["alertname=\"OmniDeliveryTest\""],
                "receiver": "webhook",
                "group_by": ["run"],
                "group_wait": "1s",
            },
            {"matchers": ["alertname=~\"Watchdog\""], "receiver": "webhook", "repeat_interval": "4m"},
            {"matchers": ["alertname=~\"Note\""], "receiver": "nobody"},
        ])
    );
    assert_eq!(
        config["receivers"],
        json!([
            {"name": "webhook", "webhook_configs": [{"url_file": "/run/secrets/HOOK", "send_resolved": true}]},
            {"name": "nobody"},
        ])
    );
    assert_eq!(
        config["inhibit_rules"],
        json!([{
            "source_matchers": ["alertname=~\"TargetDown\""],
            "target_matchers": ["alertname=~\"MetricMissing\""],
            "equal": ["job"],
        }])
    );
}

#[test]
fn the_containers_are_pointed_to_their_files() {
    let checked = checked(watched());
    let facts = facts(&checked, "k3s");
    let given = |name: &str| provision(&facts, &name.parse().unwrap());
    let prometheus = given("prometheus");
    assert_eq!(
        prometheus.args,
        [
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            "--storage.tsdb.retention.time=30d",
            "--storage.tsdb.retention.size=4096MB",
            "--web.listen-address=:9090",
            "--web.external-url=http://192.168.3.10:9090/",
        ]
    );
    let mounts = |provision: &Provision| -> Vec<_> {
        let mounts = provision.mounts.iter();
        mounts.map(|mount| (mount.source.clone(), mount.target.clone(), mount.artifacts.len())).collect()
    };
    let mount = |source: &str, target: &str| (source.to_owned(), target.to_owned(), 1);
    assert_eq!(
        mounts(&prometheus),
        [
            mount("../monitoring/prometheus.yml", "/etc/prometheus/prometheus.yml"),
            mount("../monitoring/rules", "/etc/prometheus/rules"),
        ]
    );
    assert_eq!(
        mounts(&given("alertmanager")),
        [mount("../monitoring/alertmanager.yml", "/etc/alertmanager/alertmanager.yml")]
    );
    assert_eq!(given("store"), Provision::default());
}

/// The integrations of a receiver.
fn told(receiver: Value) -> Value {
    let mut document = watched();
    document["apis"]["mail"] =
        json!({"title": "Mail", "host": "mail.lan", "address": "192.168.3.5", "port": "587"});
    document["monitoring"]["receiver"] = receiver;
    let checked = checked(document);
    let steps = steps(&facts(&checked, "compose"));
    let config = steps[0].artifacts.iter().find(|artifact| artifact.path.ends_with("alertmanager.yml"));
    let config: Value = serde_norway::from_str(&config.unwrap().file.contents).unwrap();
    config["receivers"][0].clone()
}

#[test]
fn each_kind_of_receiver_reads_its_secrets_from_files() {
    let file = "/run/secrets/HOOK";
    let url = |kind: &str| told(json!({"kind": kind, "url": "HOOK", "at": "internet"}));
    let expected = |kind: &str, configs: &str, key: &str| json!({"name": kind, configs: [{key: file, "send_resolved": true}]});
    for (kind, configs, key) in [
        ("webhook", "webhook_configs", "url_file"),
        ("ntfy", "webhook_configs", "url_file"),
        ("slack", "slack_configs", "api_url_file"),
        ("discord", "discord_configs", "webhook_url_file"),
        ("msteams", "msteamsv2_configs", "webhook_url_file"),
    ] {
        assert_eq!(url(kind), expected(kind, configs, key));
    }
    assert_eq!(
        told(json!({"kind": "telegram", "token": "HOOK", "chat": "-100123"})),
        json!({
            "name": "telegram",
            "telegram_configs": [{"bot_token_file": file, "chat_id": -100_123, "send_resolved": true}],
        })
    );
    assert_eq!(
        told(json!({"kind": "pushover", "user": "HOOK", "token": "HOOK"}))["pushover_configs"][0],
        json!({"user_key_file": file, "token_file": file, "send_resolved": true})
    );
    let pagerduty = told(json!({"kind": "pagerduty", "token": "HOOK"}));
    assert_eq!(pagerduty, expected("pagerduty", "pagerduty_configs", "routing_key_file"));
    let mail = json!({
        "kind": "email", "at": "mail", "to": "ops@lan", "from": "box@lan", "username": "box", "password": "HOOK",
    });
    assert_eq!(
        told(mail)["email_configs"][0],
        json!({
            "to": "ops@lan", "from": "box@lan", "smarthost": "mail.lan:587",
            "auth_username": "box", "auth_password_file": file, "send_resolved": true,
        })
    );
}

#[test]
fn the_watchdog_has_a_receiver_of_its_own() {
    let mut document = watched();
    document["secrets"]["DEAD_MAN"] = json!({"description": "Who misses the watchdog"});
    document["monitoring"]["watchdog"] = json!({"kind": "webhook", "url": "DEAD_MAN", "at": "internet"});
    let checked = checked(document);
    let steps = steps(&facts(&checked, "compose"));
    let config = steps[0].artifacts.iter().find(|artifact| artifact.path.ends_with("alertmanager.yml"));
    let config: Value = serde_norway::from_str(&config.unwrap().file.contents).unwrap();
    let route =
        json!({"matchers": ["alertname=~\"Watchdog\""], "receiver": "watchdog", "repeat_interval": "4m"});
    assert!(config["route"]["routes"].as_array().unwrap().contains(&route), "{config}");
    let own = json!({
        "name": "watchdog", "webhook_configs": [{"url_file": "/run/secrets/DEAD_MAN", "send_resolved": false}],
    });
    assert!(config["receivers"].as_array().unwrap().contains(&own), "{config}");
    assert!(steps[0].verify.iter().any(|check| check.id.as_str() == "watchdog-heard"));
}

#[test]
fn without_a_receiver_nobody_hears() {
    let mut document = watched();
    document["monitoring"].as_object_mut().unwrap().remove("receiver");
    let checked = checked(document);
    let steps = steps(&facts(&checked, "compose"));
    let config =
        steps[0].artifacts.iter().find(|artifact| artifact.path.ends_with("alertmanager.yml")).unwrap();
    let config: Value = serde_norway::from_str(&config.file.contents).unwrap();
    assert_eq!(config["receivers"], json!([{"name": "nobody"}]));
    assert!(!steps[0].verify.iter().any(|check| check.id.as_str() == "alert-receiver"));
}

#[test]
fn who_does_not_answer_shows_its_log() {
    let silent =
        "curl() { return 7; }; sleep() { :; }; docker() { echo \"docker $*\"; }; k3s() { echo \"k3s $*\"; }";
    let said = run(&steps_of("compose")[0].apply, silent).unwrap_err();
    assert!(said.contains("docker logs --tail 20 prometheus\n"), "{said}");
    assert!(said.contains("fail: nothing answers at http://192.168.3.10:9090/-/ready; "), "{said}");
    let mut document = watched();
    document["options"]["k3s"]["kubernetes"] = json!(["brain", "hands", "memory"]);
    document["zones"]["memory"]["pod_security"] = json!("privileged");
    document["zones"]["memory"]["namespace"] = json!("stores");
    for service in ["prometheus", "grafana"] {
        document["services"][service]["host_network"] = json!(true);
    }
    let pods = steps(&facts(&checked(document), "k3s"));
    let said = run(&pods[0].apply, silent).unwrap_err();
    assert!(said.contains("k3s kubectl --namespace stores logs --tail 20 deployment/prometheus\n"), "{said}");
}
