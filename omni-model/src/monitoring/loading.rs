//! Conditions about services that are down, which leave each service its load time.

use std::collections::BTreeMap;

use super::{
    query::Query,
    story::{Also, Level, Series, Site, Story, Values},
};
use crate::{deployment::Service, names::ServiceName, units::Duration};

/// Which series of a metric are zero, each service's for as long as it may load beyond the alert's `for`. With `others`, the
/// series of no service count as well.
pub(super) fn down_by_label<'a>(
    query: &Query<'_, '_>,
    metric: &str,
    label: &str,
    services: impl Iterator<Item = (&'a ServiceName, &'a Service)>,
    mut others: bool,
) -> Vec<String> {
    let mut slow: BTreeMap<Duration, Vec<&str>> = BTreeMap::new();
    for (name, service) in services {
        match service.loads_beyond(query.lasting) {
            Some(beyond) => slow.entry(beyond).or_default().push(name.as_str()),
            None => others = true,
        }
    }
    let all_slow: Vec<_> = slow.values().flatten().copied().collect();
    let quick = others.then(|| down(&query.except(metric, label, &all_slow), None));
    let slow = slow.iter().map(|(beyond, names)| down(&query.among(metric, label, names), Some(*beyond)));
    quick.into_iter().chain(slow).collect()
}

/// That a series is zero, and has been for a time if one is given: what loads is not down. A series that is younger than that says
/// nothing yet, as when Prometheus starts together with what it watches.
pub(super) fn down(series: &str, beyond: Option<Duration>) -> String {
    match beyond.map(Duration::prometheus) {
        Some(beyond) => format!("max_over_time({series}[{beyond}]) == 0 and {series} offset {beyond}"),
        None => format!("{series} == 0"),
    }
}

/// A service, and the series that says whether it is up.
pub(super) struct Watched<'s> {
    pub(super) name: &'s ServiceName,
    pub(super) service: &'s Service,
    pub(super) series: Box<dyn Fn(Values) -> Series + 's>,
}

/// One service that is down, beside the others if they are wanted. A service that loads for longer than the alert's `for` does not
/// make it fire while it loads.
pub(super) fn story<'t>(
    site: &'t Site<'_, '_>,
    watched: Vec<Watched<'t>>,
    with_others: bool,
) -> Option<Story<'t>> {
    let beyond = |it: &Watched<'_>| it.service.loads_beyond(site.lasting);
    let beside = move |watched: &[Watched<'t>], subject: usize, values| -> Vec<Series> {
        let others = watched.iter().enumerate().filter(|(i, _)| with_others && *i != subject);
        let others = others.map(|(_, it)| (it.series)(Values::always(1)));
        watched.get(subject).map(|it| (it.series)(values)).into_iter().chain(others).collect()
    };
    let subject = watched.iter().position(|it| beyond(it).is_none()).unwrap_or(0);
    let looks_back = beyond(watched.get(subject)?).unwrap_or_default();
    let slow = watched.iter().enumerate().find(|(i, it)| *i != subject && beyond(it).is_some());
    let also = slow.and_then(|(i, it)| {
        let (load, beyond) = (it.service.load_time?, beyond(it)?);
        let name = it.name;
        let loads = Values::each(|scrape| Some(u64::from(scrape == 0)));
        let fires = site.settled(site.scrapes(beyond) + 1);
        let (most, all) = (site.scrapes(load) * 4 / 5, site.scrapes(load).saturating_sub(1));
        Some(Also {
            name: format!("silent while {name} loads; fires when it is down for longer than {load}"),
            series: beside(&watched, i, loads),
            moments: vec![(most, false), (all, false), (fires, true)],
        })
    });
    Some(Story {
        settles: site.scrapes(looks_back),
        looks_back,
        also: also.into_iter().collect(),
        ..Story::now(move |level| {
            let is_up = u64::from(level == Level::Planned);
            (level != Level::Short).then(|| beside(&watched, subject, Values::always(is_up)))
        })
    })
}
