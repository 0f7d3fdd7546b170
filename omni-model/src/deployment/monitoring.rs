//! Metrics, alerts and dashboards.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PortOf;
use crate::{
    names::{
        AlertName, DashboardName, EnvName, ExporterName, LabelName, MetricName, RuleGroupName, SampleValues,
        ServiceName, Text,
    },
    units::{Duration, Percent},
};

/// What watches the deployment, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitoring {
    /// The service that is Prometheus.
    pub prometheus: ServiceName,
    /// The service that is Alertmanager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alertmanager: Option<ServiceName>,
    /// The service that is Grafana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grafana: Option<ServiceName>,
    /// The service that asks the others for their health: Prometheus' blackbox_exporter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prober: Option<ServiceName>,
    /// How often metrics are read.
    pub scrape_interval: Duration,
    /// How long they are kept.
    pub retention: Duration,
    /// Who is told of an alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Receiver>,
    /// Exporters that Omni does not know, and the metrics that they export.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub exporters: IndexMap<ExporterName, Exporter>,
    /// The name of the group that the alerts stand in.
    pub group: RuleGroupName,
    /// The alerts.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub alerts: IndexMap<AlertName, Alert>,
    /// The pages that people look at.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub dashboards: IndexMap<DashboardName, Dashboard>,
}

/// Who is told of an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Receiver {
    /// Its kind.
    pub kind: ReceiverKind,
    /// The secret that holds its URL.
    pub url: EnvName,
}

/// A kind of receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverKind {
    /// Alertmanager's JSON is posted to the URL.
    Webhook,
}

/// An exporter that Omni does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exporter {
    /// The metrics that it exports.
    pub metrics: Vec<MetricName>,
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// What it is about. What an option cannot measure (Kubernetes' own metrics on Docker Compose) is left out there.
    pub when: Condition,
    /// How long that must last; none is the first time that it is seen.
    #[serde(default, rename = "for", skip_serializing_if = "super::is_default")]
    pub lasting: Duration,
    /// How bad it is.
    pub severity: Level,
    /// What it means, for people.
    pub summary: Text,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Cases in which it fires, and cases in which it is silent. A condition of Omni's own has its cases by itself; PromQL of
    /// the author's needs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<AlertCase>,
}

/// A case of an alert, for `promtool test rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertCase {
    /// What it shows.
    pub name: Text,
    /// The series, each with its values from scrape to scrape as promtool expands them: `up{job="model"}`, `1x20 0x40`.
    /// <https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series>
    pub series: IndexMap<Text, SampleValues>,
    /// When it is looked at, counted from the first values.
    pub at: Duration,
    /// The labels of what fires then, beside those of the rule: nothing if it is silent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fires: Vec<IndexMap<LabelName, Text>>,
}

/// How bad an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Somebody must act now.
    Critical,
    /// Somebody must look.
    Warning,
    /// Nobody must do anything.
    None,
}

/// What an alert is about. The PromQL is Omni's, with the names that the deployment has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// A service starts again and again.
    Restarts {
        /// The service.
        service: ServiceName,
        /// So many restarts are fine.
        more_than: u32,
        /// In so long.
        within: Duration,
    },
    /// A pod's container waits after crashes (Kubernetes).
    CrashLoop,
    /// A service does not answer.
    NotServing {
        /// The service.
        service: ServiceName,
    },
    /// A target of Prometheus does not answer. A service that may load for longer than the alert waits has all of its load
    /// time.
    TargetDown,
    /// A service is not healthy: it does not answer the prober, or its pod is not ready. A service that may load for longer than
    /// the alert waits has all of its load time.
    Unhealthy,
    /// A metric that an alert relies on is gone.
    MetricMissing,
    /// A host's memory is used.
    MemoryUsed {
        /// Beyond this share.
        above: Percent,
    },
    /// Processes wait for memory (PSI).
    MemoryStalled {
        /// Beyond this share of the time.
        above: Percent,
    },
    /// The kernel has killed a process for its memory.
    OomKill {
        /// In so long.
        within: Duration,
    },
    /// The swap is used.
    SwapUsed {
        /// Beyond this share.
        above: Percent,
    },
    /// The swap that the host has is not active.
    SwapMissing,
    /// Pages go to the swap and come back.
    SwapStorm {
        /// More than so many pages a second, in and out each.
        pages_per_second: u32,
    },
    /// A GPU's driver has reported an error (an Xid) within the last ten minutes. The metric is the code of the last one: a second
    /// error of the same code is not noticed.
    GpuXid,
    /// A GPU is hot.
    GpuHot {
        /// Beyond so many degrees Celsius.
        above: u32,
    },
    /// A GPU lowers its clocks because of heat, or because its power supply asks it to. Reaching its own power limit does not
    /// count: that is how a busy GPU runs.
    GpuThrottled,
    /// A GPU could not replace a faulty row of its memory: the card has to be exchanged.
    GpuRowRemapFailed,
    /// The host's memory had an error that could not be corrected (EDAC).
    MemoryUncorrectable {
        /// In so long.
        within: Duration,
    },
    /// The host's memory corrects errors (EDAC).
    MemoryCorrectable {
        /// So many are fine.
        more_than: u32,
        /// In so long.
        within: Duration,
    },
    /// The host's clock is not synchronized.
    ClockUnsynchronized,
    /// Alertmanager could not notify a receiver.
    NotificationsFailed,
    /// Prometheus could not tell Alertmanager of an alert.
    NotificationsDropped,
    /// Prometheus could not evaluate a rule.
    RuleFailures,
    /// A GPU's memory is used.
    VramUsed {
        /// Beyond this share.
        above: Percent,
    },
    /// A host's storage has little room.
    DiskLow {
        /// Less than this share.
        below: Percent,
    },
    /// A host's storage will be full.
    DiskPredictedFull {
        /// Within so long.
        within: Duration,
    },
    /// Always: its silence is the alarm.
    Watchdog,
    /// PromQL of the author's own.
    Promql(Text),
}

/// What to do about an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Stop a service.
    Stop(ServiceName),
    /// What the text says.
    Manual(Text),
}

/// A page that people look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dashboard {
    /// Its name for people.
    pub title: Text,
    /// Who serves it.
    pub at: PortOf,
    /// What it shows.
    pub purpose: Text,
}
