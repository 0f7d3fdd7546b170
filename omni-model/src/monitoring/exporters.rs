//! Exporters and the metrics that alerts and panels may use.

use crate::{deployment::Deployment, names::ExporterName};

/// An exporter that Omni knows.
#[derive(Debug)]
pub struct Exporter {
    /// Name in `metrics.exporter`.
    pub name: &'static str,
    /// URL of the documentation of its metrics.
    pub source: &'static str,
    /// Whether its metrics are about Kubernetes. An option without Kubernetes has none of them.
    pub kubernetes: bool,
    /// The metrics that alerts and panels may use. Exporters have more.
    pub metrics: &'static [Metric],
}

/// A metric of an exporter that Omni knows.
#[derive(Debug)]
pub struct Metric {
    /// Name of the metric. A histogram or a summary has the name of its family.
    pub name: &'static str,
    /// Type of the metric.
    pub kind: Kind,
    /// Labels, without those that the scrape job adds.
    pub labels: &'static [&'static str],
    /// Whether the metric is there as long as its exporter answers. A metric that appears with the first request or failure is never
    /// reported as missing.
    pub always: bool,
}

/// A type of metric. <https://prometheus.io/docs/concepts/metric_types/>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value that only grows, until the process restarts.
    Counter,
    /// A value that goes up and down.
    Gauge,
    /// Counters of observations with the suffixes `_bucket`, `_sum` and `_count`.
    Histogram,
    /// Counters of observations with the suffixes `_sum` and `_count`.
    Summary,
}

/// Labels of every metric. Prometheus adds the first two, the scrape job adds the others.
pub const TARGET_LABELS: [&str; 4] = ["job", "instance", "host", "zone"];

/// The metrics that Prometheus itself adds: for each scrape, and for each alert that is pending or firing.
/// <https://prometheus.io/docs/concepts/jobs_instances/>
pub const PROMETHEUS: &[Metric] = &[
    sometimes(gauge("ALERTS", &["alertname", "alertstate", "severity"])),
    gauge("up", &[]),
    gauge("scrape_duration_seconds", &[]),
    gauge("scrape_samples_scraped", &[]),
    gauge("scrape_samples_post_metric_relabeling", &[]),
    gauge("scrape_series_added", &[]),
];

/// The metrics of each probe. They belong to the probed service, not to the prober.
/// <https://github.com/prometheus/blackbox_exporter/blob/master/prober/handler.go>
pub const PROBES: &[Metric] = &[
    gauge("probe_duration_seconds", &["service"]),
    sometimes(gauge("probe_http_status_code", &["service"])),
    gauge("probe_success", &["service"]),
];

const fn gauge(name: &'static str, labels: &'static [&'static str]) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, always: true }
}

const fn counter(name: &'static str, labels: &'static [&'static str]) -> Metric {
    Metric { name, kind: Kind::Counter, labels, always: true }
}

const fn histogram(name: &'static str, labels: &'static [&'static str]) -> Metric {
    Metric { name, kind: Kind::Histogram, labels, always: true }
}

const fn summary(name: &'static str, labels: &'static [&'static str]) -> Metric {
    Metric { name, kind: Kind::Summary, labels, always: true }
}

/// A metric that appears with the first event that it counts.
const fn sometimes(metric: Metric) -> Metric {
    Metric { always: false, ..metric }
}

/// The labels of a control group: its path and, if it is a container, its image, its name, and the two labels of Compose that cAdvisor
/// is told to show.
const CGROUP: &[&str] = &["id", "image", "name", COMPOSE_PROJECT, COMPOSE_SERVICE];
const CGROUP_CPU: &[&str] = &["id", "image", "name", COMPOSE_PROJECT, COMPOSE_SERVICE, "cpu"];
const CONTAINER: &[&str] = &["namespace", "pod", "uid", "container"];
const CONTAINER_REASON: &[&str] = &["namespace", "pod", "uid", "container", "reason"];
const DEPLOYMENT: &[&str] = &["namespace", "deployment"];
const FILESYSTEM: &[&str] = &["device", "mountpoint", "fstype", "device_error"];
const GPU: &[&str] = &["gpu", "UUID", "pci_bus_id", "device", "modelName"];
/// <https://github.com/NVIDIA/dcgm-exporter/blob/main/internal/pkg/collector/gpu_collector.go>
const XID: &[&str] = &["gpu", "UUID", "pci_bus_id", "device", "modelName", "err_code", "err_msg"];
const CLOCK: &[&str] =
    &["gpu", "UUID", "pci_bus_id", "device", "modelName", "clock_event", "window_size_in_ms"];
const MODEL: &[&str] = &["model_name"];
const REST: &[&str] = &["method", "endpoint", "status"];

/// How cAdvisor shows the label `com.docker.compose.project`.
pub const COMPOSE_PROJECT: &str = "container_label_com_docker_compose_project";

/// How cAdvisor shows the label `com.docker.compose.service`.
pub const COMPOSE_SERVICE: &str = "container_label_com_docker_compose_service";

/// The exporters that Omni knows.
pub static EXPORTERS: &[Exporter] = &[
    Exporter {
        name: "node",
        source: "https://github.com/prometheus/node_exporter",
        kubernetes: false,
        metrics: &[
            counter("node_cpu_seconds_total", &["cpu", "mode"]),
            counter("node_disk_io_time_seconds_total", &["device"]),
            counter("node_disk_read_bytes_total", &["device"]),
            counter("node_disk_written_bytes_total", &["device"]),
            sometimes(counter("node_edac_correctable_errors_total", &["controller"])),
            sometimes(counter("node_edac_uncorrectable_errors_total", &["controller"])),
            gauge("node_filesystem_avail_bytes", FILESYSTEM),
            gauge("node_filesystem_files", FILESYSTEM),
            gauge("node_filesystem_files_free", FILESYSTEM),
            gauge("node_filesystem_free_bytes", FILESYSTEM),
            gauge("node_filesystem_readonly", FILESYSTEM),
            gauge("node_filesystem_size_bytes", FILESYSTEM),
            gauge("node_load1", &[]),
            gauge("node_load15", &[]),
            gauge("node_load5", &[]),
            gauge("node_memory_MemAvailable_bytes", &[]),
            gauge("node_memory_MemFree_bytes", &[]),
            gauge("node_memory_MemTotal_bytes", &[]),
            gauge("node_memory_SwapCached_bytes", &[]),
            gauge("node_memory_SwapFree_bytes", &[]),
            gauge("node_memory_SwapTotal_bytes", &[]),
            counter("node_network_receive_bytes_total", &["device"]),
            counter("node_network_transmit_bytes_total", &["device"]),
            counter("node_pressure_cpu_waiting_seconds_total", &[]),
            counter("node_pressure_io_stalled_seconds_total", &[]),
            counter("node_pressure_io_waiting_seconds_total", &[]),
            counter("node_pressure_memory_stalled_seconds_total", &[]),
            counter("node_pressure_memory_waiting_seconds_total", &[]),
            // Only there if node_exporter is given files to show.
            sometimes(gauge("node_textfile_mtime_seconds", &["file"])),
            gauge("node_time_seconds", &[]),
            gauge("node_timex_maxerror_seconds", &[]),
            gauge("node_timex_sync_status", &[]),
            counter("node_vmstat_oom_kill", &[]),
            counter("node_vmstat_pswpin", &[]),
            counter("node_vmstat_pswpout", &[]),
            // Written to such a file by a timer that Omni emits.
            sometimes(gauge("omni_service_gpus", &["service"])),
            gauge("process_start_time_seconds", &[]),
        ],
    },
    Exporter {
        name: "kube-state-metrics",
        source: "https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics",
        kubernetes: true,
        metrics: &[
            gauge("kube_deployment_spec_replicas", DEPLOYMENT),
            gauge("kube_deployment_status_replicas_available", DEPLOYMENT),
            gauge("kube_deployment_status_replicas_ready", DEPLOYMENT),
            gauge("kube_deployment_status_replicas_unavailable", DEPLOYMENT),
            sometimes(gauge("kube_pod_container_status_last_terminated_exitcode", CONTAINER)),
            sometimes(gauge("kube_pod_container_status_last_terminated_reason", CONTAINER_REASON)),
            gauge("kube_pod_container_status_ready", CONTAINER),
            counter("kube_pod_container_status_restarts_total", CONTAINER),
            sometimes(gauge("kube_pod_container_status_waiting_reason", CONTAINER_REASON)),
            gauge("kube_pod_status_phase", &["namespace", "pod", "uid", "phase"]),
            gauge("kube_pod_status_ready", &["namespace", "pod", "uid", "condition"]),
        ],
    },
    Exporter {
        name: "cadvisor",
        source: "https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md",
        kubernetes: false,
        metrics: &[
            counter("container_cpu_usage_seconds_total", CGROUP_CPU),
            gauge("container_last_seen", CGROUP),
            gauge("container_memory_usage_bytes", CGROUP),
            gauge("container_memory_working_set_bytes", CGROUP),
            gauge("container_spec_memory_limit_bytes", CGROUP),
            // Since 0.60. Before, it was the time when the container was created, which a restart does not change.
            gauge("container_start_time_seconds", CGROUP),
            gauge("process_start_time_seconds", &[]),
        ],
    },
    Exporter {
        name: "dcgm",
        source: "https://github.com/NVIDIA/dcgm-exporter/blob/main/etc/default-counters.csv",
        kubernetes: false,
        // The default counters, and one that has to be enabled. A GPU that does not support a field has no series of it.
        metrics: &[
            sometimes(counter("DCGM_EXP_CLOCK_EVENTS_COUNT", CLOCK)),
            sometimes(counter("DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", GPU)),
            sometimes(gauge("DCGM_FI_DEV_DEC_UTIL", GPU)),
            sometimes(gauge("DCGM_FI_DEV_ENC_UTIL", GPU)),
            gauge("DCGM_FI_DEV_FB_FREE", GPU),
            gauge("DCGM_FI_DEV_FB_RESERVED", GPU),
            gauge("DCGM_FI_DEV_FB_USED", GPU),
            gauge("DCGM_FI_DEV_GPU_TEMP", GPU),
            gauge("DCGM_FI_DEV_GPU_UTIL", GPU),
            gauge("DCGM_FI_DEV_MEMORY_TEMP", GPU),
            gauge("DCGM_FI_DEV_MEM_CLOCK", GPU),
            gauge("DCGM_FI_DEV_MEM_COPY_UTIL", GPU),
            sometimes(counter("DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL", GPU)),
            counter("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", GPU),
            gauge("DCGM_FI_DEV_POWER_USAGE", GPU),
            sometimes(gauge("DCGM_FI_DEV_ROW_REMAP_FAILURE", GPU)),
            gauge("DCGM_FI_DEV_SM_CLOCK", GPU),
            counter("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", GPU),
            sometimes(counter("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", GPU)),
            sometimes(gauge("DCGM_FI_DEV_VGPU_LICENSE_STATUS", GPU)),
            gauge("DCGM_FI_DEV_XID_ERRORS", XID),
            sometimes(gauge("DCGM_FI_PROF_DRAM_ACTIVE", GPU)),
            sometimes(gauge("DCGM_FI_PROF_GR_ENGINE_ACTIVE", GPU)),
            sometimes(gauge("DCGM_FI_PROF_PCIE_RX_BYTES", GPU)),
            sometimes(gauge("DCGM_FI_PROF_PCIE_TX_BYTES", GPU)),
            sometimes(gauge("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", GPU)),
        ],
    },
    Exporter {
        name: "sglang",
        source: "https://docs.sglang.ai/references/production_metrics.html",
        kubernetes: false,
        metrics: &[
            sometimes(gauge("sglang:cache_hit_rate", MODEL)),
            sometimes(histogram("sglang:e2e_request_latency_seconds", MODEL)),
            sometimes(gauge("sglang:gen_throughput", MODEL)),
            sometimes(counter("sglang:generation_tokens_total", MODEL)),
            sometimes(gauge("sglang:num_queue_reqs", MODEL)),
            sometimes(gauge("sglang:num_running_reqs", MODEL)),
            sometimes(gauge("sglang:num_used_tokens", MODEL)),
            sometimes(counter("sglang:prompt_tokens_total", MODEL)),
            sometimes(histogram("sglang:time_to_first_token_seconds", MODEL)),
            sometimes(gauge("sglang:token_usage", MODEL)),
        ],
    },
    Exporter {
        name: "llama-cpp",
        source: "https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
        kubernetes: false,
        metrics: &[
            gauge("llamacpp:n_busy_slots_per_decode", &[]),
            counter("llamacpp:n_decode_total", &[]),
            gauge("llamacpp:predicted_tokens_seconds", &[]),
            counter("llamacpp:prompt_seconds_total", &[]),
            gauge("llamacpp:prompt_tokens_seconds", &[]),
            counter("llamacpp:prompt_tokens_total", &[]),
            gauge("llamacpp:requests_deferred", &[]),
            gauge("llamacpp:requests_processing", &[]),
            counter("llamacpp:tokens_predicted_seconds_total", &[]),
            counter("llamacpp:tokens_predicted_total", &[]),
        ],
    },
    Exporter {
        name: "qdrant",
        source: "https://qdrant.tech/documentation/guides/monitoring/",
        kubernetes: false,
        metrics: &[
            gauge("app_info", &["name", "version"]),
            gauge("app_status_recovery_mode", &[]),
            gauge("collections_total", &[]),
            sometimes(counter("rest_responses_fail_total", REST)),
            sometimes(counter("rest_responses_total", REST)),
        ],
    },
    Exporter {
        name: "prometheus",
        source: "https://github.com/prometheus/prometheus/tree/main/documentation/prometheus-mixin",
        kubernetes: false,
        metrics: &[
            gauge("process_start_time_seconds", &[]),
            gauge("prometheus_build_info", &["version", "revision", "branch", "goversion"]),
            gauge("prometheus_config_last_reload_successful", &[]),
            counter("prometheus_notifications_dropped_total", &["alertmanager"]),
            gauge("prometheus_notifications_alertmanagers_discovered", &[]),
            sometimes(counter("prometheus_rule_evaluation_failures_total", &["rule_group"])),
            gauge("prometheus_tsdb_head_series", &[]),
        ],
    },
    Exporter {
        name: "alertmanager",
        source: "https://github.com/prometheus/alertmanager/tree/main/doc/alertmanager-mixin",
        kubernetes: false,
        metrics: &[
            gauge("alertmanager_alerts", &["state"]),
            gauge("alertmanager_build_info", &["version", "revision", "branch", "goversion"]),
            gauge("alertmanager_config_last_reload_successful", &[]),
            counter("alertmanager_notifications_failed_total", &["integration", "receiver_name", "reason"]),
            counter("alertmanager_notifications_total", &["integration", "receiver_name"]),
            gauge("process_start_time_seconds", &[]),
        ],
    },
    Exporter {
        name: "grafana",
        source: "https://grafana.com/docs/grafana/latest/setup-grafana/set-up-grafana-monitoring/",
        kubernetes: false,
        metrics: &[
            gauge("grafana_build_info", &["version", "revision", "branch", "goversion", "edition"]),
            sometimes(gauge("grafana_stat_totals_dashboard", &[])),
            gauge("process_start_time_seconds", &[]),
        ],
    },
    Exporter {
        name: "phoenix",
        source: "https://github.com/Arize-ai/phoenix/blob/main/src/phoenix/server/prometheus.py",
        kubernetes: false,
        metrics: &[
            counter("bulk_loader_evaluation_insertions_total", &[]),
            counter("bulk_loader_exceptions_total", &[]),
            gauge("cpu_usage_percent", &[]),
            gauge("database_disk_usage_bytes", &[]),
            gauge("database_insertions_blocked", &[]),
            gauge("memory_usage_bytes", &["type"]),
            histogram("phoenix_bulk_loader_span_insertion_time_seconds", &[]),
            gauge("phoenix_span_queue_size", &[]),
            counter("phoenix_span_queue_rejections_total", &[]),
            gauge("process_start_time_seconds", &[]),
            sometimes(counter("starlette_exceptions_total", &["method", "path", "exception_type"])),
            sometimes(summary("starlette_requests_processing_time_seconds_summary", &["method", "path"])),
        ],
    },
    Exporter {
        name: "blackbox",
        source: "https://github.com/prometheus/blackbox_exporter",
        kubernetes: false,
        metrics: &[
            gauge("blackbox_exporter_config_last_reload_successful", &[]),
            gauge("process_start_time_seconds", &[]),
        ],
    },
];

/// The exporter of that name, if Omni knows it.
pub fn find(name: &str) -> Option<&'static Exporter> {
    EXPORTERS.iter().find(|exporter| exporter.name == name)
}

impl Metric {
    /// Whether a series of that name belongs to the metric.
    pub fn has(&self, series: &str) -> bool {
        let suffixes: &[&str] = match self.kind {
            Kind::Counter | Kind::Gauge => &[""],
            Kind::Histogram => &["_bucket", "_sum", "_count"],
            Kind::Summary => &["_sum", "_count"],
        };
        series.strip_prefix(self.name).is_some_and(|suffix| suffixes.contains(&suffix))
    }

    /// Whether the series of the metric have that label.
    pub fn has_label(&self, label: &str) -> bool {
        let own = self.labels.contains(&label) || TARGET_LABELS.contains(&label);
        own || label == "__name__" || (label == "le" && self.kind == Kind::Histogram)
    }
}

/// A metric that an exporter in a deployment exports.
#[derive(Clone, Copy, Debug)]
pub enum Exported {
    /// A metric of an exporter that Omni knows.
    Known(&'static Metric),
    /// A metric that the deployment declares.
    Declared,
}

impl Exported {
    /// Whether the metric is there as long as its exporter answers.
    pub fn always(self) -> bool {
        match self {
            Self::Known(metric) => metric.always,
            Self::Declared => true,
        }
    }
}

/// The metric that a series of an exporter belongs to. `None` if the exporter does not export it.
pub fn exported(deployment: &Deployment, exporter: &ExporterName, series: &str) -> Option<Exported> {
    let known =
        find(exporter.as_str()).and_then(|known| known.metrics.iter().find(|metric| metric.has(series)));
    let declared = || {
        let own = deployment.monitoring.as_ref()?.exporters.get(exporter)?;
        own.metrics.iter().any(|metric| *metric == series).then_some(Exported::Declared)
    };
    known.map(Exported::Known).or_else(declared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::MetricName;

    #[test]
    fn the_registry_names_each_metric_once_and_well() {
        for (i, exporter) in EXPORTERS.iter().enumerate() {
            assert!(exporter.name.parse::<ExporterName>().is_ok(), "{}", exporter.name);
            assert!(exporter.source.starts_with("https://"), "{}", exporter.name);
            assert!(EXPORTERS[..i].iter().all(|other| other.name != exporter.name), "{}", exporter.name);
            for (i, metric) in exporter.metrics.iter().enumerate() {
                assert!(metric.name.parse::<MetricName>().is_ok(), "{}", metric.name);
                assert!(exporter.metrics[..i].iter().all(|m| m.name != metric.name), "{}", metric.name);
                assert!(metric.kind != Kind::Counter || !metric.name.ends_with("_bytes"), "{}", metric.name);
            }
        }
    }

    #[test]
    fn a_series_belongs_to_its_family() {
        let family = histogram("a_seconds", &["path"]);
        for series in ["a_seconds_bucket", "a_seconds_sum", "a_seconds_count"] {
            assert!(family.has(series), "{series}");
        }
        for series in ["a_seconds", "a_seconds_total", "b_a_seconds_sum"] {
            assert!(!family.has(series), "{series}");
        }
        assert!(family.has_label("le") && family.has_label("path") && family.has_label("job"));
        assert!(!family.has_label("gpu"));
        let exports = |metric| find("dcgm").unwrap().metrics.iter().any(|m| m.has(metric));
        assert!(exports("DCGM_FI_DEV_FB_USED") && !exports("DCGM_FI_DEV_FB_TOTAL"));
    }
}
