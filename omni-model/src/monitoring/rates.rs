//! Conditions about the rates of counters.

use super::{
    query::RECENT,
    story::{Also, Level, Series, Site, Story, Values},
};
use crate::deployment::Host;

/// That a counter grows by more than so much a second.
pub(super) fn above(counter: &str, threshold: impl std::fmt::Display) -> String {
    format!("rate({counter}[{}]) > {threshold}", RECENT.prometheus())
}

/// Counters whose rates are a thousandth short of a threshold, in parts of one a second, or a thousandth past it. A rate is exact
/// when the first sample is at most one scrape younger than its window.
/// <https://prometheus.io/docs/prometheus/latest/querying/functions/#rate>
pub(super) fn story<'t>(
    site: &'t Site<'_, '_>,
    metrics: &'t [&'static str],
    concerned: impl Fn(&Host) -> bool + Copy + 't,
    threshold: u64,
    parts: u64,
) -> Story<'t> {
    // Prometheus does not extrapolate the growth of a counter below zero: far from zero it always does.
    const BEFORE: u64 = 1_000_000;
    let slope = move |thousandths: u64| {
        let all = u128::from(threshold) * u128::from(site.interval) * u128::from(thousandths);
        let unit = u128::from(parts) * 1000;
        let decimals = unit.to_string().len() - 1;
        let step = format!("{}.{:0decimals$}", all / unit, all % unit);
        Values::Slope(BEFORE, format!("+{}", step.trim_end_matches('0').trim_end_matches('.')))
    };
    // A condition about several counters does not hold if one of them does not change.
    let only_some = (metrics.len() > 1).then(|| {
        site.hosts(metrics.first()?, Level::Past, concerned, |level, target, _| {
            let values = |i| if i > 0 && level == Level::Past { slope(1001) } else { Values::always(BEFORE) };
            let series = metrics.iter().enumerate();
            Some(series.map(|(i, metric)| Series::of(metric, target, [], values(i))).collect())
        })
    });
    let settles = site.scrapes(RECENT).saturating_sub(1).max(1);
    let also = only_some.flatten().map(|series| {
        let name = format!("silent when {} does not change", metrics.first().unwrap_or(&""));
        Also::silent(name, site.settled(settles).max(site.scrapes(RECENT) * 2), series)
    });
    Story {
        settles,
        looks_back: RECENT,
        also: also.into_iter().collect(),
        ..Story::now(move |level| {
            site.hosts(metrics.first()?, level, concerned, |level, target, _| {
                let values = || match level {
                    Level::Planned => Values::always(BEFORE),
                    Level::Short => slope(999),
                    Level::Past => slope(1001),
                };
                Some(metrics.iter().map(|metric| Series::of(metric, target, [], values())).collect())
            })
        })
    }
}
