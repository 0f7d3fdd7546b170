//! `dcgm-counters.csv`: what dcgm-exporter reads of a GPU. Its own list leaves out why clocks were lowered, and a list of one's own
//! takes the place of the whole. <https://github.com/NVIDIA/dcgm-exporter#changing-metrics>

use std::fmt::Write;

use omni_model::{
    Facts,
    deployment::{Condition, Service},
    monitoring::exporters::{self, Kind},
    scenario::Runtime,
};

use crate::header::Header;

/// The exporter that reads such a file.
const EXPORTER: &str = "dcgm";

/// The argument that names the file, in both its forms.
const ARGUMENTS: [&str; 2] = ["--collectors", "-f"];

/// Whether a service is to be given a file of counters: an alert needs one, and the author has given it none.
pub(super) fn wanted(facts: &Facts<'_>, service: &Service) -> bool {
    let is_dcgm = service.metrics.as_ref().is_some_and(|metrics| metrics.exporter == EXPORTER);
    let alerts = facts.deployment().monitoring.iter().flat_map(|monitoring| monitoring.alerts.values());
    let needed = alerts.into_iter().any(|alert| alert.when == Condition::GpuThrottled);
    let has_own = || {
        let mut words = service.command.iter().chain(&service.args).map(ToString::to_string);
        words.any(|word| ARGUMENTS.iter().any(|name| word == *name || word.starts_with(&format!("{name}="))))
    };
    is_dcgm && needed && facts.runtime(service) == Runtime::Compose && !has_own()
}

/// The argument that has dcgm-exporter read a file.
pub(super) fn argument(path: &str) -> String {
    format!("--collectors={path}")
}

/// The file: every counter that may be relied on.
pub(super) fn file(header: &Header<'_>) -> String {
    let mut text = format!("{}\n# field, type, help\n", header.hash());
    for metric in exporters::find(EXPORTER).iter().flat_map(|exporter| exporter.metrics) {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge | Kind::Histogram | Kind::Summary => "gauge",
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}, {kind}, {}.", metric.name, metric.name.replace('_', " "));
    }
    text
}
