//! Metrics, alerts, dashboards.

use omni::model::monitoring::exporters;
use serde_json::json;

use super::{By::Rules, Class, Mutant, Original};

pub(super) fn classes(v15: &Original) -> Vec<Class> {
    let scraped = v15.services(|service| service.get("metrics").is_some());
    // The author's own PromQL instead of one of the alerts that Omni writes.
    let promql = |text: String| v15.with("monitoring.alerts.Watchdog.when", json!({"promql": text}));
    let metrics = || {
        let here = exporters::EXPORTERS.iter().filter(|exporter| {
            scraped.iter().any(|name| v15.text(&format!("services.{name}.metrics.exporter")) == exporter.name)
        });
        here.flat_map(|exporter| exporter.metrics.iter().take(2))
    };
    let alert = |name: &str| format!("monitoring.alerts.{name}");
    let to_receiver = v15.items("flows", |flow| flow == "alertmanager -> internet").remove(0);
    let no_way = v15.without(&format!("flows[{to_receiver}]"));
    let thresholds = |name: &str, key: &str, shares: &[u8]| -> Vec<Mutant> {
        let kind = match name {
            "DiskLow" => "below",
            _ => "above",
        };
        let path = format!("monitoring.alerts.{name}.when.{key}.{kind}");
        shares.iter().map(|share| v15.with(&path, format!("{share}%"))).collect()
    };
    vec![
        Class {
            what: "a metric that its exporter does not export",
            by: Rules(&["M003"]),
            mutants: metrics().map(|metric| promql(format!("{}_x > 0", metric.name))).collect(),
        },
        Class {
            what: "a label that its metric does not have",
            by: Rules(&["M005"]),
            mutants: metrics()
                // A histogram has no series of its own name.
                .filter(|metric| metric.has(metric.name))
                .step_by(3)
                .map(|metric| promql(format!("{}{{colour=\"red\"}} > 0", metric.name)))
                .collect(),
        },
        Class {
            what: "a job, container or host in an alert that is not there",
            by: Rules(&["M005"]),
            mutants: v15
                .services(|_| true)
                .iter()
                .step_by(2)
                .map(|name| promql(format!("up{{job=\"{name}s\"}} == 0")))
                .chain([
                    promql("kube_pod_container_status_ready{container=\"deepseek\"} == 0".to_owned()),
                    promql("kube_deployment_status_replicas_ready{deployment=\"deepseek\"} == 0".to_owned()),
                    promql("up{host=\"onmi\"} == 0".to_owned()),
                    promql("kube_pod_status_ready{namespace=\"agent\"} == 0".to_owned()),
                ])
                .collect(),
        },
        Class {
            what: "PromQL that Prometheus cannot read",
            by: Rules(&["M001"]),
            mutants: ["rate(up[5m]", "up == ", "sum by job (up)", "up[5m]", "\"up\""]
                .map(|text| promql(text.to_owned()))
                .into(),
        },
        Class {
            what: "an exporter taken out that alerts rely on",
            by: Rules(&["M003"]),
            mutants: ["node-exporter", "dcgm-exporter", "kube-state-metrics"]
                .iter()
                .flat_map(|name| {
                    [
                        v15.without(&format!("services.{name}")),
                        v15.without(&format!("services.{name}.metrics")),
                    ]
                })
                .collect(),
        },
        Class {
            what: "an exporter that nobody knows",
            by: Rules(&["M002"]),
            mutants: scraped
                .iter()
                .map(|name| v15.with(&format!("services.{name}.metrics.exporter"), "unknown"))
                .collect(),
        },
        Class {
            what: "metrics read where they are not",
            by: Rules(&["M009"]),
            mutants: scraped
                .iter()
                .map(|name| v15.with(&format!("services.{name}.metrics.path"), "/stats"))
                .chain([
                    v15.with("services.qdrant.ports.http", "6334"),
                    v15.with("services.qdrant.ports.http", "6333:6335"),
                    v15.with("services.phoenix.ports.metrics", "9190:4317"),
                    v15.with("services.phoenix.metrics.port", "http"),
                ])
                .collect(),
        },
        Class {
            what: "metrics that are not switched on",
            by: Rules(&["M009"]),
            mutants: vec![
                v15.without("services.deepseek.args[26]"),
                v15.without("services.phoenix.env.PHOENIX_ENABLE_PROMETHEUS"),
            ],
        },
        Class {
            what: "metrics of a pod that Prometheus cannot reach",
            by: Rules(&["M012"]),
            mutants: vec![
                v15.without("services.kube-state-metrics.host_network"),
                v15.with(
                    "services.agent-orchestrator.metrics",
                    json!({"port": "http", "exporter": "sglang"}),
                ),
                v15.with("services.mcp-proxy.metrics", json!({"port": "http", "exporter": "sglang"})),
            ],
        },
        Class {
            what: "a threshold that the planned state is beyond",
            by: Rules(&["M006"]),
            mutants: [
                thresholds("HighMemoryPressure", "memory_used", &[94, 92, 90, 80, 50]),
                thresholds("VramNearlyFull", "vram_used", &[93, 90, 80, 50]),
                thresholds("DiskLow", "disk_low", &[65, 75, 90]),
            ]
            .into_iter()
            .flatten()
            .collect(),
        },
        Class {
            what: "an alert about a service that is not there",
            by: Rules(&["R001"]),
            mutants: vec![
                v15.with("monitoring.alerts.BlackwellResetLoopRisk.when.restarts.service", "ktransformers"),
                v15.with("monitoring.alerts.BlackwellResetLoopRisk.action.stop", "inference-engine"),
                v15.with("monitoring.alerts.InferenceNotServing.when.not_serving.service", "deepseek-r1"),
            ],
        },
        Class {
            what: "an alert or a dashboard about a service that waits",
            by: Rules(&["M013"]),
            mutants: ["glm", "minimax"]
                .iter()
                .flat_map(|name| {
                    [
                        v15.with("monitoring.alerts.InferenceNotServing.when.not_serving.service", *name),
                        v15.with("monitoring.dashboards.phoenix.at", format!("{name}.http")),
                    ]
                })
                .collect(),
        },
        Class {
            what: "restarts that nobody looks long enough for",
            by: Rules(&["M004"]),
            mutants: ["TargetDown", "OomKill"]
                .map(|name| {
                    v15.with(
                        &format!("{}.when", alert(name)),
                        json!({"restarts": {"service": "deepseek", "more_than": 1, "within": "20min"}}),
                    )
                })
                .into(),
        },
        Class {
            what: "an action that names a Deployment that is not there",
            by: Rules(&["M011"]),
            mutants: [
                "kubectl scale deployment deepseek --replicas=0",
                "kubectl -n inference rollout restart deploy/deepsek",
            ]
            .map(|text| v15.with("monitoring.alerts.BlackwellResetLoopRisk.action", json!({"manual": text})))
            .into(),
        },
        Class {
            what: "alerts that nobody is told of",
            by: Rules(&["M008"]),
            mutants: vec![v15.without("monitoring.alertmanager"), v15.without("monitoring.receiver"), no_way],
        },
        Class {
            what: "an alert taken out that notices a loss",
            by: Rules(&["O001"]),
            mutants: ["SwapMissing", "OomKill", "GpuXid", "VramNearlyFull", "MetricMissing"]
                .map(|name| v15.without(&alert(name)))
                .into(),
        },
        Class {
            what: "a service whose death no alert notices",
            by: Rules(&["M017"]),
            mutants: ["ServiceUnhealthy", "TargetDown", "Watchdog"]
                .map(|name| v15.without(&alert(name)))
                .into_iter()
                .chain([
                    v15.without("monitoring.prober"),
                    v15.with("monitoring.alerts.ServiceUnhealthy.when", "watchdog"),
                    v15.with("monitoring.alerts.Watchdog.when", "target_down"),
                ])
                .collect(),
        },
        Class {
            what: "an alarm at each ordinary start",
            by: Rules(&["M015"]),
            mutants: vec![
                v15.with("monitoring.alerts.InferenceNotServing.for", "10min"),
                v15.without("monitoring.alerts.InferenceNotServing.for"),
                v15.with("services.deepseek.load_time", "40min"),
                promql("up == 0".to_owned()),
                promql("min by (service) (probe_success{service!=\"qdrant\"}) < 1".to_owned()),
                promql("kube_deployment_status_replicas_ready{namespace=\"inference\"} == 0".to_owned()),
            ],
        },
        Class {
            what: "an exporter of Kubernetes' metrics where there is none",
            by: Rules(&["M016"]),
            mutants: vec![
                v15.without("services.kube-state-metrics.options"),
                v15.with("services.kube-state-metrics.options", vec!["compose"]),
            ],
        },
        Class {
            what: "a dashboard of a port that is not there",
            by: Rules(&["R001"]),
            mutants: v15
                .keys("monitoring.dashboards")
                .iter()
                .map(|name| v15.with(&format!("monitoring.dashboards.{name}.at"), "grafana.https"))
                .collect(),
        },
    ]
}
