//! The kinds of alerts, and the keys of each. What Prometheus is asked for a kind is in the file of its name in `monitoring/alerts/`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    names::{ServiceName, Text},
    units::{Duration, Percent},
};

/// What an alert is about. The PromQL is Omni's, with the names that the deployment has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A service starts again and again. On Docker Compose, cAdvisor sees that; without one, a service that restarts is only seen to
    /// come and go.
    Restarts(Restarts),
    /// A container starts again and again: Kubernetes lets it wait after crashes, or on Docker Compose cAdvisor has seen it start
    /// more than twice in ten minutes.
    CrashLoop,
    /// A service does not answer.
    NotServing(NotServing),
    /// A target of Prometheus does not answer. A service that may load for longer than the alert waits has all of its load
    /// time.
    TargetDown,
    /// A service is not healthy: it does not answer the prober, or its pod is not ready. A service that may load for longer than
    /// the alert waits has all of its load time.
    Unhealthy,
    /// A metric that an alert relies on is gone.
    MetricMissing,
    /// A service's memory is near its limit, beyond which the kernel kills it (cAdvisor). What it holds of files that the kernel can
    /// drop counts only if it was used lately.
    ServiceMemory(ServiceMemory),
    /// A host's memory is used.
    MemoryUsed(MemoryUsed),
    /// Processes wait for memory (PSI).
    MemoryStalled(MemoryStalled),
    /// The kernel has killed a process for its memory.
    OomKill(OomKill),
    /// The swap is used.
    SwapUsed(SwapUsed),
    /// The swap that the host has is not active.
    SwapMissing,
    /// Pages go to the swap and come back.
    SwapStorm(SwapStorm),
    /// A service that takes memory of GPUs does not see all of them from inside its container, as after `systemctl daemon-reload` where
    /// systemd manages control groups. A timer looks each minute, and node_exporter shows what it has seen.
    GpuLost,
    /// A GPU's driver has reported an error (an Xid) within the last ten minutes. The metric is the code of the last one: a second
    /// error of the same code is not noticed.
    GpuXid,
    /// A GPU is hot.
    GpuHot(GpuHot),
    /// A GPU lowers its clocks because of heat, or because its power supply asks it to. Reaching its own power limit does not
    /// count: that is how a busy GPU runs.
    GpuThrottled,
    /// A GPU could not replace a faulty row of its memory: the card has to be exchanged.
    GpuRowRemapFailed,
    /// The host's memory had an error that could not be corrected (EDAC).
    MemoryUncorrectable(MemoryUncorrectable),
    /// The host's memory corrects errors (EDAC).
    MemoryCorrectable(MemoryCorrectable),
    /// The host's clock is not synchronized.
    ClockUnsynchronized,
    /// Alertmanager could not notify a receiver.
    NotificationsFailed,
    /// Prometheus could not tell Alertmanager of an alert.
    NotificationsDropped,
    /// Prometheus could not evaluate a rule.
    RuleFailures,
    /// A GPU's memory is used.
    VramUsed(VramUsed),
    /// A file system that the deployment writes to has little room: a host's storage or its root file system.
    DiskLow(DiskLow),
    /// A file system that the deployment writes to will be full.
    DiskPredictedFull(DiskPredictedFull),
    /// A file system that the deployment writes to has few inodes left: no file can be made without one.
    InodesLow(InodesLow),
    /// A file system that the deployment writes to is read-only, as ext4 and XFS are after an error of the disk.
    DiskReadOnly,
    /// Always: its silence is the alarm.
    Watchdog,
    /// PromQL of the author's own.
    Promql(Text),
}

/// Keys of the alert kind `restarts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Restarts {
    /// The service.
    pub service: ServiceName,
    /// So many restarts are fine.
    pub more_than: u32,
    /// In so long.
    pub within: Duration,
}

/// Keys of the alert kind `not_serving`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NotServing {
    /// The service.
    pub service: ServiceName,
}

/// Keys of the alert kind `service_memory`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ServiceMemory {
    /// Beyond this share of `memory_limit`, for example `90%`.
    pub above: Percent,
}

/// Keys of the alert kind `memory_used`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MemoryUsed {
    /// Beyond this share.
    pub above: Percent,
}

/// Keys of the alert kind `memory_stalled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MemoryStalled {
    /// Beyond this share of the time.
    pub above: Percent,
}

/// Keys of the alert kind `oom_kill`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct OomKill {
    /// In so long.
    pub within: Duration,
}

/// Keys of the alert kind `swap_used`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SwapUsed {
    /// Beyond this share.
    pub above: Percent,
}

/// Keys of the alert kind `swap_storm`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SwapStorm {
    /// More than so many pages a second, in and out each.
    pub pages_per_second: u32,
}

/// Keys of the alert kind `gpu_hot`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct GpuHot {
    /// Beyond so many degrees Celsius.
    pub above: u32,
}

/// Keys of the alert kind `memory_uncorrectable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MemoryUncorrectable {
    /// In so long.
    pub within: Duration,
}

/// Keys of the alert kind `memory_correctable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MemoryCorrectable {
    /// So many are fine.
    pub more_than: u32,
    /// In so long.
    pub within: Duration,
}

/// Keys of the alert kind `vram_used`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct VramUsed {
    /// Beyond this share.
    pub above: Percent,
}

/// Keys of the alert kind `disk_low`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DiskLow {
    /// Less than this share.
    pub below: Percent,
}

/// Keys of the alert kind `disk_predicted_full`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DiskPredictedFull {
    /// Within so long.
    pub within: Duration,
}

/// Keys of the alert kind `inodes_low`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct InodesLow {
    /// Less than this share.
    pub below: Percent,
}
