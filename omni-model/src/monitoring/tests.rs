use std::collections::HashSet;

use serde_json::{Value, json};

use super::*;
use crate::{Deployment, Scenario};

/// A model with two GPUs on one host, and everything that is there to watch it.
fn document() -> Value {
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

fn deployment(document: Value) -> Deployment {
    serde_json::from_value(document).unwrap()
}

fn scenario<'a>(deployment: &'a Deployment, option: &str) -> Scenario<'a> {
    Scenario::all(deployment).into_iter().find(|scenario| *scenario.option() == option).unwrap()
}

fn expression(deployment: &Deployment, option: &str, name: &str) -> Option<String> {
    let scenario = scenario(deployment, option);
    scenario.alerts().iter().find(|rule| *rule.name == name).map(|rule| rule.expr.clone())
}

#[test]
fn every_expression_is_promql_and_reads_what_a_target_exports() {
    let deployment = deployment(document());
    for scenario in Scenario::all(&deployment) {
        for rule in scenario.alerts() {
            let parsed: HashSet<_> = promql::selectors(&rule.expr).unwrap().into_iter().collect();
            assert_eq!(rule.reads.iter().cloned().collect::<HashSet<_>>(), parsed, "{}", rule.expr);
            for selector in &rule.reads {
                let metric = selector.metric.as_deref().unwrap();
                let exported = scenario.targets().exporting(&scenario, metric).is_some();
                assert!(exported || metric == "up", "{}: {metric}", rule.name);
            }
        }
    }
}

#[test]
fn the_expressions_are_those_of_the_manuals() {
    let deployment = deployment(document());
    let expected = [
        (
            "HighMemoryPressure",
            "(node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes) / node_memory_MemTotal_bytes > 0.95",
        ),
        ("SwapInUse", "node_memory_SwapFree_bytes < node_memory_SwapTotal_bytes * 0.5"),
        ("SwapMissing", r#"node_memory_SwapTotal_bytes{host="box"} < 68719476736 * 0.99"#),
        ("SwapStorm", "rate(node_vmstat_pswpin[5m]) > 1000 and rate(node_vmstat_pswpout[5m]) > 1000"),
        ("MemoryStalled", "rate(node_pressure_memory_waiting_seconds_total[5m]) > 0.1"),
        ("OomKill", "increase(node_vmstat_oom_kill[10m]) > 0"),
        ("TargetDown", "up == 0"),
        ("GpuXid", "DCGM_FI_DEV_XID_ERRORS > 0 unless DCGM_FI_DEV_XID_ERRORS offset 10m"),
        ("GpuHot", "DCGM_FI_DEV_GPU_TEMP > 87"),
        (
            "GpuThrottled",
            r#"DCGM_EXP_CLOCK_EVENTS_COUNT{clock_event=~"hw_slowdown|hw_thermal|hw_power_brake|sw_thermal"} > 0"#,
        ),
        ("GpuRowRemapFailed", "DCGM_FI_DEV_ROW_REMAP_FAILURE > 0"),
        ("MemoryUncorrectable", "increase(node_edac_uncorrectable_errors_total[1h]) > 0"),
        ("MemoryCorrectable", "increase(node_edac_correctable_errors_total[1d]) > 10"),
        ("ClockUnsynchronized", "node_timex_sync_status == 0 and node_timex_maxerror_seconds >= 16"),
        ("NotificationsFailed", "increase(alertmanager_notifications_failed_total[5m]) > 0"),
        ("NotificationsDropped", "increase(prometheus_notifications_dropped_total[5m]) > 0"),
        ("RuleFailures", "increase(prometheus_rule_evaluation_failures_total[5m]) > 0"),
        (
            "VramNearlyFull",
            "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE + DCGM_FI_DEV_FB_RESERVED) > 0.97",
        ),
        (
            "DiskLow",
            concat!(
                r#"node_filesystem_avail_bytes{host="box",mountpoint="/nvme"} / node_filesystem_size_bytes{host="box",mountpoint="/nvme"} < 0.1 or "#,
                r#"node_filesystem_avail_bytes{host="box",mountpoint="/"} / node_filesystem_size_bytes{host="box",mountpoint="/"} < 0.1"#,
            ),
        ),
        (
            "DiskFullSoon",
            concat!(
                r#"predict_linear(node_filesystem_avail_bytes{host="box",mountpoint="/nvme"}[1d], 345600) < 0 and node_filesystem_avail_bytes{host="box",mountpoint="/nvme"} offset 1d or "#,
                r#"predict_linear(node_filesystem_avail_bytes{host="box",mountpoint="/"}[1d], 345600) < 0 and node_filesystem_avail_bytes{host="box",mountpoint="/"} offset 1d"#,
            ),
        ),
        (
            "InodesLow",
            concat!(
                r#"node_filesystem_files_free{host="box",mountpoint="/nvme"} / node_filesystem_files{host="box",mountpoint="/nvme"} < 0.05 or "#,
                r#"node_filesystem_files_free{host="box",mountpoint="/"} / node_filesystem_files{host="box",mountpoint="/"} < 0.05"#,
            ),
        ),
        (
            "DiskReadOnly",
            r#"node_filesystem_readonly{host="box",mountpoint="/nvme"} == 1 or node_filesystem_readonly{host="box",mountpoint="/"} == 1"#,
        ),
        ("OwnRestarts", r#"changes(process_start_time_seconds{job="prometheus"}[10m]) > 2"#),
        ("Watchdog", "vector(1)"),
    ];
    for option in ["compose", "k3s"] {
        for (name, expr) in expected {
            assert_eq!(expression(&deployment, option, name).as_deref(), Some(expr), "{option}: {name}");
        }
    }
}

#[test]
fn kubernetes_is_asked_where_there_is_one() {
    let deployment = deployment(document());
    let both = |name| ["compose", "k3s"].map(|option| expression(&deployment, option, name));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        both("BlackwellResetLoopRisk"),
        [
            some(r#"changes(up{job="deepseek"}[10m]) > 4"#),
            some(r#"increase(kube_pod_container_status_restarts_total{container="deepseek"}[10m]) > 2"#),
        ]
    );
    assert_eq!(
        both("NotServing"),
        [
            some(r#"up{job="deepseek"} == 0"#),
            some(
                r#"kube_deployment_status_replicas_ready{namespace="inference",deployment="deepseek"} == 0"#
            ),
        ]
    );
    let crash =
        r#"max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) > 0"#;
    assert_eq!(both("CrashLoop"), [None, some(crash)]);
    assert_eq!(both("Pods"), [None, some(r#"kube_pod_status_ready{condition="false"} == 1"#)]);
}

#[test]
fn an_action_names_what_the_option_has() {
    let deployment = deployment(document());
    let action = |option| {
        let scenario = scenario(&deployment, option);
        scenario.alerts().iter().find(|rule| *rule.name == "BlackwellResetLoopRisk").unwrap().annotations["action"]
            .clone()
    };
    assert_eq!(action("compose"), "docker compose --project-name test stop deepseek");
    assert_eq!(action("k3s"), "k3s kubectl --namespace inference scale deployment deepseek --replicas=0");
}

#[test]
fn what_is_relied_on_is_missed() {
    let deployment = deployment(document());
    let missing = |option| -> Vec<_> {
        let scenario = scenario(&deployment, option);
        let rules = scenario.alerts().iter().filter(|rule| *rule.name == "MetricMissing");
        rules.map(|rule| rule.expr.clone()).collect()
    };
    let compose = missing("compose");
    assert!(compose.contains(&r#"absent(node_memory_SwapFree_bytes{job="node-exporter"})"#.to_owned()));
    let disk = r#"absent(node_filesystem_avail_bytes{job="node-exporter",mountpoint="/nvme"})"#;
    assert_eq!(compose.iter().filter(|expr| *expr == disk).count(), 1);
    assert!(!compose.iter().any(|expr| expr.contains("kube_") || expr.contains("up{")), "{compose:?}");
    let k3s = missing("k3s");
    let replicas =
        r#"absent(kube_deployment_status_replicas_ready{job="kube-state-metrics",deployment="deepseek"})"#;
    assert!(k3s.contains(&replicas.to_owned()), "{k3s:?}");
    // A container without a reason to wait has none, and a Deployment at zero has no containers.
    assert!(
        !k3s.iter().any(|expr| expr.contains("waiting_reason") || expr.contains("container=")),
        "{k3s:?}"
    );
}

/// The cases of an alert.
fn cases_of(deployment: &Deployment, option: &str, alert: &str) -> Vec<Case> {
    let scenario = scenario(deployment, option);
    let all = cases(&scenario).into_iter();
    all.filter(|all| *all.alert == alert).flat_map(|all| all.cases).collect()
}

#[test]
fn each_alert_has_cases_in_which_it_fires_and_in_which_it_is_silent() {
    let deployment = deployment(document());
    for scenario in Scenario::all(&deployment) {
        let all = cases(&scenario);
        let names: Vec<_> = all.iter().map(|all| all.alert).collect();
        assert!(scenario.alerts().iter().all(|rule| names.contains(&rule.name)), "{names:?}");
        for AlertCases { alert: name, cases, .. } in &all {
            let moments = || cases.iter().flat_map(|case| &case.moments);
            assert!(moments().any(|moment| !moment.fires.is_empty()), "{name}");
            assert!(*name == "Watchdog" || moments().any(|moment| moment.fires.is_empty()), "{name}");
            for fires in moments().flat_map(|moment| &moment.fires) {
                assert!(fires.contains_key("severity"), "{name}: {fires:?}");
            }
            // What the expression reads is there whenever it fires.
            let rule = scenario.alerts().iter().find(|rule| rule.name == *name).unwrap();
            let last = cases.iter().rfind(|case| case.moments.iter().any(|moment| !moment.fires.is_empty()));
            for selector in &rule.reads {
                let read = |(text, _): &(String, String)| {
                    let series = promql::selectors(text).unwrap().remove(0);
                    let carries = |(name, value): &(String, Option<String>)| match value {
                        Some(value) => series.value(name) == Some(value),
                        None => series.labels.iter().any(|(label, _)| label == name),
                    };
                    series.metric == selector.metric && selector.labels.iter().all(carries)
                };
                assert!(last.unwrap().series.iter().any(read), "{name}: {selector}");
            }
        }
    }
}

#[test]
fn the_planned_state_is_that_of_the_ledger() {
    let mut document = document();
    document["hosts"]["box"]["ram"]["usable"] = json!("382 GiB");
    document["services"]["deepseek"]["memory"] = json!({"weights": "281 GiB", "kv_cache": "60 GiB"});
    document["services"]["deepseek"]["memory_limit"] = json!("350 GiB");
    document["services"]["deepseek"]["vram"] = json!({"gpu0": "30 GiB"});
    let values = |document: &Value, alert: &str| -> Vec<(String, String)> {
        let first = cases_of(&deployment(document.clone()), "k3s", alert).into_iter().next().unwrap();
        let metric = |series: String| series.split('{').next().unwrap().to_owned();
        let value = |values: String| values.split('x').next().unwrap().to_owned();
        first.series.into_iter().map(|(series, values)| (metric(series), value(values))).collect()
    };
    let of = |metric: &str, value: u64| (metric.to_owned(), value.to_string());
    assert_eq!(
        values(&document, "HighMemoryPressure"),
        [of("node_memory_MemTotal_bytes", 382 << 30), of("node_memory_MemAvailable_bytes", 21 << 30)]
    );
    assert_eq!(
        values(&document, "VramNearlyFull"),
        [
            of("DCGM_FI_DEV_FB_USED", 30 << 10),
            of("DCGM_FI_DEV_FB_FREE", 32_607 - (30 << 10)),
            of("DCGM_FI_DEV_FB_RESERVED", 0)
        ]
    );
    // An alert that rings in the planned state, which a rule warns about, is not said to be silent there.
    document["monitoring"]["alerts"]["VramNearlyFull"]["when"]["vram_used"]["above"] = json!("90%");
    let cases = cases_of(&deployment(document), "k3s", "VramNearlyFull");
    assert!(cases.iter().all(|case| case.name != "silent when all is as planned"), "{cases:?}");
}

#[test]
fn a_slow_loop_is_not_seen() {
    let mut document = document();
    document["services"]["deepseek"]["load_time"] = json!("25min");
    let names = |document: &Value, option| -> Vec<_> {
        let cases = cases_of(&deployment(document.clone()), option, "BlackwellResetLoopRisk");
        cases.into_iter().map(|case| case.name).collect()
    };
    let slow = "silent when each start fails after 25min".to_owned();
    assert!(names(&document, "k3s").contains(&slow) && names(&document, "compose").contains(&slow));
    document["services"]["deepseek"]["load_time"] = json!("3min");
    assert!(!names(&document, "k3s").iter().any(|name| name.starts_with("silent when each")));
}

#[test]
fn what_loads_is_not_down() {
    let mut document = document();
    document["services"]["deepseek"]["load_time"] = json!("25min");
    document["services"]["prometheus"]["load_time"] = json!("4min");
    let deployment = deployment(document);
    let loads = concat!(
        r#"up{job!~"deepseek"} == 0 or max_over_time(up{job="deepseek"}[20m]) == 0 "#,
        r#"and up{job="deepseek"} offset 20m"#
    );
    for option in ["compose", "k3s"] {
        assert_eq!(expression(&deployment, option, "TargetDown").as_deref(), Some(loads));
        let cases = cases_of(&deployment, option, "TargetDown");
        let slow = cases.iter().find(|case| case.name.contains("while deepseek loads")).unwrap();
        let moments = slow.moments.iter().map(|moment| (moment.at.to_string(), moment.fires.len()));
        let expected = [("20min".to_owned(), 0), ("1485s".to_owned(), 0), ("1515s".to_owned(), 1)];
        assert_eq!(moments.collect::<Vec<_>>(), expected);
        assert!(slow.series[0].0.contains(r#"job="deepseek""#) && slow.series[0].1 == "1 0x100", "{slow:?}");
    }
}

#[test]
fn pods_that_load_are_not_unhealthy() {
    let mut document = document();
    document["services"]["deepseek"]["load_time"] = json!("25min");
    document["monitoring"]["alerts"]["Unhealthy"] = document["monitoring"]["alerts"]["TargetDown"].clone();
    document["monitoring"]["alerts"]["Unhealthy"]["when"] = json!("unhealthy");
    let deployment = deployment(document);
    let ready = r#"kube_deployment_status_replicas_ready{namespace="inference",deployment="deepseek"}"#;
    let pods = format!("max_over_time({ready}[20m]) == 0 and {ready} offset 20m");
    let unhealthy = expression(&deployment, "k3s", "Unhealthy").unwrap();
    assert!(unhealthy.starts_with(&pods), "{unhealthy}");
    let last = cases_of(&deployment, "k3s", "Unhealthy").pop().unwrap();
    let moments = last.moments.iter().map(|moment| (moment.at.to_string(), moment.fires.len()));
    assert!(moments.take(2).eq([("1485s".to_owned(), 0), ("25min".to_owned(), 1)]), "{last:?}");
}

#[test]
fn a_metric_is_not_missed_while_its_service_loads() {
    let mut document = document();
    document["services"]["deepseek"]["load_time"] = json!("25min");
    document["services"]["deepseek"]["metrics"]["exporter"] = json!("llama-cpp");
    let busy = document["monitoring"]["alerts"]["Pods"].as_object_mut().unwrap();
    busy["when"] = json!({"promql": "llamacpp:requests_deferred > 10"});
    busy["cases"] = json!([]);
    let deployment = deployment(document);
    let scenario = scenario(&deployment, "compose");
    let missing = scenario.alerts().iter().filter(|rule| *rule.name == "MetricMissing");
    let missing: Vec<_> = missing.map(|rule| rule.expr.as_str()).collect();
    let unless = concat!(
        r#"absent(llamacpp:requests_deferred{job="deepseek"}) "#,
        r#"unless on (job) up{job="deepseek"} == 0"#
    );
    assert!(missing.contains(&unless), "{missing:?}");
    assert!(missing.contains(&r#"absent(node_vmstat_oom_kill{job="node-exporter"})"#), "{missing:?}");
}

#[test]
fn a_metric_that_is_gone_is_named() {
    let deployment = deployment(document());
    let case = cases_of(&deployment, "compose", "MetricMissing").remove(0);
    let gone: Vec<_> = case.moments.iter().flat_map(|moment| &moment.fires).collect();
    assert_eq!(gone.len(), case.series.len());
    assert!(gone.iter().any(|labels| labels["metric"] == "node_vmstat_oom_kill"), "{gone:?}");
    assert_eq!(case.series[1].1, "1x43 stale _x41 1x1118", "{:?}", case.series);
}

#[test]
fn absent_hardware_is_not_watched() {
    let mut document = document();
    for what in ["gpus", "storage", "swap"] {
        document["hosts"]["box"].as_object_mut().unwrap().remove(what);
    }
    let deployment = deployment(document);
    let names: Vec<_> =
        scenario(&deployment, "k3s").alerts().iter().map(|rule| rule.name.to_string()).collect();
    for name in ["GpuXid", "VramNearlyFull", "SwapMissing", "SwapInUse", "SwapStorm"] {
        assert!(!names.iter().any(|other| other == name), "{name}");
    }
    // The root file system is always there.
    let disk = expression(&deployment, "k3s", "DiskReadOnly");
    assert_eq!(disk.as_deref(), Some(r#"node_filesystem_readonly{host="box",mountpoint="/"} == 1"#));
    assert!(names.iter().any(|name| name == "HighMemoryPressure"));
}

#[test]
fn each_host_with_a_disk_has_its_turn() {
    let mut document = document();
    let mut other = document["hosts"]["box"].clone();
    other["address"] = json!("192.168.3.11");
    other["storage"]["mount"] = json!("/data");
    document["hosts"]["other"] = other;
    document["options"] = json!({});
    for (name, service) in document["services"].as_object_mut().unwrap() {
        service["options"] = json!([]);
        service["host"] = json!(if name == "dcgm-exporter" { "other" } else { "box" });
    }
    let deployment = deployment(document);
    let expr = expression(&deployment, "compose", "DiskFullSoon").unwrap();
    assert_eq!(expr.matches(" or ").count(), 3, "{expr}");
    assert!(expr.contains(r#"{host="other",mountpoint="/data"}"#), "{expr}");
    // Nobody exports the other's.
    assert!(!expression(&deployment, "compose", "MetricMissing").unwrap().contains("/data"));
}

/// The small deployment with a cAdvisor beside Prometheus.
fn with_cadvisor() -> Value {
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

#[test]
fn cadvisor_sees_containers_start_again() {
    let deployment = deployment(with_cadvisor());
    let both = |name| ["compose", "k3s"].map(|option| expression(&deployment, option, name));
    let ours = r#"container_label_com_docker_compose_project="test""#;
    let restarts = format!(
        r#"changes(container_start_time_seconds{{{ours},container_label_com_docker_compose_service="deepseek"}}[10m]) > 2"#
    );
    assert_eq!(both("BlackwellResetLoopRisk")[0].as_ref(), Some(&restarts));
    let starts = format!("changes(container_start_time_seconds{{{ours}}}[10m]) > 2");
    let waits =
        r#"max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) > 0"#;
    assert_eq!(both("CrashLoop"), [Some(starts.clone()), Some(format!("{waits} or {starts}"))]);
}

#[test]
fn cadvisor_sees_what_containers_and_pods_hold_of_their_limits() {
    let deployment = deployment(with_cadvisor());
    let expression = |option| expression(&deployment, option, "ServiceMemory").unwrap();
    let ours = r#"{container_label_com_docker_compose_project="test"}"#;
    let containers = format!(
        "container_memory_working_set_bytes{ours} / (container_spec_memory_limit_bytes{ours} > 0) > 0.9"
    );
    assert_eq!(expression("compose"), containers);
    let on_k3s = expression("k3s");
    let pods = r#" or kube_pod_status_phase{phase="Running"} == 1 and on (uid) label_replace("#;
    assert!(on_k3s.starts_with(&format!("{containers}{pods}")), "{on_k3s}");
    // What is written is what is said to be read.
    for option in ["compose", "k3s"] {
        let scenario = scenario(&deployment, option);
        for rule in scenario.alerts().iter().filter(|rule| !rule.name.as_str().starts_with("Metric")) {
            let read: Vec<_> = promql::selectors(&rule.expr).unwrap();
            let names = |selectors: &[promql::Selector]| -> std::collections::BTreeSet<_> {
                selectors.iter().map(|selector| selector.metric.clone()).collect()
            };
            assert_eq!(names(&read), names(&rule.reads), "{}", rule.expr);
        }
    }
}

#[test]
fn without_cadvisor_nobody_sees_it() {
    let mut document = with_cadvisor();
    document["services"].as_object_mut().unwrap().remove("cadvisor");
    let deployment = deployment(document);
    for option in ["compose", "k3s"] {
        assert_eq!(expression(&deployment, option, "ServiceMemory"), None);
    }
    assert_eq!(expression(&deployment, "compose", "CrashLoop"), None);
}

#[test]
fn each_case_of_what_cadvisor_sees_has_a_container_and_a_pod() {
    let deployment = deployment(with_cadvisor());
    for (alert, names) in [
        ("ServiceMemory", ["fires for the pod of deepseek"]),
        ("CrashLoop", ["fires when a container on Docker Compose starts again and again"]),
    ] {
        let cases = cases_of(&deployment, "k3s", alert);
        for name in names {
            let case = cases.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("{cases:?}"));
            assert!(case.moments.iter().any(|moment| !moment.fires.is_empty()));
        }
    }
}
