//! What dcgm-exporter says of GPUs.

use super::{
    story::{Labels, Level, Series, Site, Story},
    targets::Target,
};
use crate::{Scenario, budget, deployment::Host, ledger::Ledger};

fn has_gpus(host: &Host) -> bool {
    !host.gpus.is_empty()
}

/// Whether any host has a GPU.
pub(super) fn any(scenario: &Scenario<'_>) -> bool {
    scenario.deployment().hosts.values().any(has_gpus)
}

/// The series of each GPU, from its labels and its ledger. The first GPU is at the level, the others are in the planned
/// state.
pub(super) fn series<'a>(
    site: &Site<'a, '_>,
    metric: &str,
    level: Level,
    series: impl Fn(Level, &Target<'a>, Labels, &Ledger) -> Option<Vec<Series>>,
) -> Option<Vec<Series>> {
    site.hosts(metric, level, has_gpus, |level, target, host| {
        let ledgers = budget::vram(site.scenario, target.host, host, &site.active(target.host));
        let mut all = Vec::new();
        for (i, (gpu, ledger)) in ledgers.iter().enumerate() {
            let spec = host.gpus.get(*gpu)?;
            let uuid = spec.uuid.as_ref().map(|uuid| ("UUID", uuid.to_string()));
            let labels = [("gpu", i.to_string()), ("modelName", spec.model.to_string())];
            let labels = labels.into_iter().chain(uuid).collect();
            let level = if i == 0 { level } else { Level::Planned };
            match series(level, target, labels, ledger) {
                Some(series) => all.extend(series),
                None if i == 0 => return None,
                None => {}
            }
        }
        Some(all)
    })
}

/// A gauge of each GPU, at each level. There is nothing just before the threshold if that is the planned value.
pub(super) fn gauge<'t>(site: &'t Site<'_, '_>, metric: &'static str, levels: [u64; 3]) -> Story<'t> {
    let [planned, short, past] = levels;
    let levels = [planned.min(short), short, past];
    Story::now(move |level| {
        (level != Level::Short || planned != short).then_some(())?;
        series(site, metric, level, |level, target, gpu, _| {
            Some(vec![Series::always(metric, target, gpu, level.of(levels))])
        })
    })
}
