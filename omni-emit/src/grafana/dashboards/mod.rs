//! The dashboards: what each asks, as far as something exports it.

mod budgets;
mod disk;
mod gpus;
mod memory;
mod services;

use omni_model::{
    Facts,
    deployment::{Condition, Host},
    monitoring::Targets,
    names::HostName,
    units::Percent,
};

use super::dashboard::Panel;

/// A page: its name in paths, its title, its panels.
pub(super) struct Page {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) panels: Vec<Panel>,
}

/// A deployment, and what is measured of it.
struct Watched<'a, 'b> {
    facts: &'b Facts<'a>,
    targets: &'b Targets<'a>,
}

/// The pages that have something to show.
pub(super) fn pages(facts: &Facts<'_>) -> Vec<Page> {
    let watched = Watched { facts, targets: facts.targets() };
    let page = |name, title, panels| Page { name, title, panels };
    let all = [
        page("budgets", "Budgets", budgets::panels(&watched)),
        page("memory", "Memory and swap", memory::panels(&watched)),
        page("gpus", "GPUs", gpus::panels(&watched)),
        page("services", "Services", services::panels(&watched)),
        page("disk", "Disk", disk::panels(&watched)),
    ];
    all.into_iter().filter(|page| !page.panels.is_empty()).collect()
}

impl<'a> Watched<'a, '_> {
    /// Whether something exports these metrics.
    fn has(&self, exporter: &str) -> bool {
        self.targets.iter().any(|target| target.metrics.exporter == exporter)
    }

    /// The hosts of which something exports these metrics.
    fn hosts(&self, exporter: &str) -> impl Iterator<Item = (&'a HostName, &'a Host)> {
        let exports = move |host: &HostName| {
            self.targets.iter().any(|target| target.metrics.exporter == exporter && target.host == host)
        };
        self.facts.deployment().hosts.iter().filter(move |(host, _)| exports(host))
    }

    /// Where the alerts of a kind fire, as shares.
    fn thresholds(&self, of: impl Fn(&Condition) -> Option<Percent>) -> Vec<f64> {
        let alerts =
            self.facts.deployment().monitoring.iter().flat_map(|monitoring| monitoring.alerts.values());
        alerts.filter_map(|alert| of(&alert.when)).map(|percent| f64::from(percent.get()) / 100.0).collect()
    }
}

/// A number of the model's, as a series.
fn constant(value: u64) -> String {
    format!("vector({value})")
}
