//! The kinds of alerts and the keys of each. The PromQL of a kind is in the file of its name in `monitoring/alerts/`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    names::{ServiceName, Text},
    units::{Duration, Percent},
};

/// The condition of an alert. Omni writes the PromQL, with the names of the deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A service restarts repeatedly. On Docker Compose, this needs cAdvisor; without it, a service that restarts is only
    /// seen to come and go.
    Restarts(Restarts),
    /// A container crashes repeatedly: Kubernetes delays its restarts, or cAdvisor on Docker Compose has seen it start more
    /// than twice in ten minutes.
    CrashLoop,
    /// A service does not answer.
    NotServing(NotServing),
    /// A target of Prometheus does not answer. A service whose `load_time` is longer than `for` gets its whole load time.
    TargetDown,
    /// A service is not healthy: it does not answer the prober, or its pod is not ready. A service whose `load_time` is
    /// longer than `for` gets its whole load time.
    Unhealthy,
    /// A metric that another alert needs is missing.
    MetricMissing,
    /// The memory of a service is close to its limit, above which the kernel kills it. Needs cAdvisor. Cached files count
    /// only if they were used recently.
    ServiceMemory(ServiceMemory),
    /// The memory of a host is almost used up.
    MemoryUsed(MemoryUsed),
    /// Processes wait for memory (pressure stall information).
    MemoryStalled(MemoryStalled),
    /// The kernel has killed a process because memory ran out.
    OomKill(OomKill),
    /// The swap is almost used up.
    SwapUsed(SwapUsed),
    /// The swap of the host is not active.
    SwapMissing,
    /// Pages move between memory and swap at a high rate.
    SwapStorm(SwapStorm),
    /// A service no longer sees all of its GPUs from inside its container, as happens after `systemctl daemon-reload` if
    /// systemd manages control groups. A timer checks every minute, and node_exporter shows the result.
    GpuLost,
    /// The driver of a GPU has reported an error (an Xid) in the last ten minutes. The metric is the code of the last error,
    /// so a second error with the same code is not noticed.
    GpuXid,
    /// A GPU is hot.
    GpuHot(GpuHot),
    /// A GPU lowers its clocks because of heat or because the power supply asks for it. Reaching its own power limit does not
    /// count: a busy GPU normally does.
    GpuThrottled,
    /// A GPU could not replace a faulty row of its memory. The card must be replaced.
    GpuRowRemapFailed,
    /// The memory of the host had an error that could not be corrected (EDAC).
    MemoryUncorrectable(MemoryUncorrectable),
    /// The memory of the host corrects errors (EDAC).
    MemoryCorrectable(MemoryCorrectable),
    /// The clock of the host is not synchronized.
    ClockUnsynchronized,
    /// Alertmanager could not notify a receiver.
    NotificationsFailed,
    /// Prometheus could not send an alert to Alertmanager.
    NotificationsDropped,
    /// Prometheus could not evaluate a rule.
    RuleFailures,
    /// The memory of a GPU is almost used up.
    VramUsed(VramUsed),
    /// A file system that the deployment writes to is almost full: the storage of a host or its root file system.
    DiskLow(DiskLow),
    /// A file system that the deployment writes to will be full soon.
    DiskPredictedFull(DiskPredictedFull),
    /// A file system that the deployment writes to has few free inodes. Without one, no file can be created.
    InodesLow(InodesLow),
    /// A file system that the deployment writes to is read-only, as ext4 and XFS are after a disk error.
    DiskReadOnly,
    /// Always fires: if the alert stops arriving, the monitoring is broken.
    Watchdog,
    /// PromQL of your own, for example `my_queue_length > 100`.
    Promql(Text),
}

/// How many restarts of a service are too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Restarts {
    /// Service to watch, for example `ollama`.
    pub service: ServiceName,
    /// Number of restarts above which the alert fires, for example `3`.
    pub more_than: u32,
    /// Time in which the restarts are counted, for example `1h`.
    pub within: Duration,
}

/// Which service has to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NotServing {
    /// Service to watch, for example `ollama`.
    pub service: ServiceName,
}

/// How close to its limit the memory of a service may come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ServiceMemory {
    /// Share of `memory_limit` above which the alert fires, for example `90%`.
    pub above: Percent,
}

/// How much of the memory of a host may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MemoryUsed {
    /// Share of the memory above which the alert fires, for example `95%`.
    pub above: Percent,
}

/// How long processes may wait for memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MemoryStalled {
    /// Share of the time above which the alert fires, for example `10%`.
    pub above: Percent,
}

/// For how long a killed process counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct OomKill {
    /// Time in which such an event counts, for example `10min`.
    pub within: Duration,
}

/// How much of the swap may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SwapUsed {
    /// Share of the swap above which the alert fires, for example `80%`.
    pub above: Percent,
}

/// How fast pages may move between memory and swap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SwapStorm {
    /// Pages per second, in each direction, above which the alert fires, for example `1000`.
    pub pages_per_second: u32,
}

/// How hot a GPU may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct GpuHot {
    /// Temperature in degrees Celsius above which the alert fires, for example `85`.
    pub above: u32,
}

/// For how long an uncorrectable error of the memory counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MemoryUncorrectable {
    /// Time in which such an error counts, for example `1h`.
    pub within: Duration,
}

/// How many corrected errors of the memory are too many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MemoryCorrectable {
    /// Number of errors above which the alert fires, for example `10`.
    pub more_than: u32,
    /// Time in which the errors are counted, for example `1h`.
    pub within: Duration,
}

/// How much of the memory of a GPU may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct VramUsed {
    /// Share of the memory above which the alert fires, for example `97%`.
    pub above: Percent,
}

/// How much of a file system must be free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DiskLow {
    /// Share of free space below which the alert fires, for example `10%`.
    pub below: Percent,
}

/// How soon a file system may be full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DiskPredictedFull {
    /// Time within which it will be full, for example `2d`.
    pub within: Duration,
}

/// How many inodes of a file system must be free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct InodesLow {
    /// Share of free inodes below which the alert fires, for example `5%`.
    pub below: Percent,
}
