//! The series that prove an alert: in the planned state, just before the threshold, and just past it.

use super::{
    promql::Selector,
    targets::{Target, Targets},
};
use crate::{
    Scenario,
    deployment::{Alert, Host},
    ledger::Ledger,
    names::HostName,
    running,
    units::{Duration, Percent},
};

/// A state that the series of an alert are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// As the deployment plans it.
    Planned,
    /// Just before the threshold.
    Short,
    /// Just past the threshold.
    Past,
}

impl Level {
    pub(super) fn of<T>(self, [planned, short, past]: [T; 3]) -> T {
        match self {
            Self::Planned => planned,
            Self::Short => short,
            Self::Past => past,
        }
    }
}

/// The series at a level, for an alert that fires at a scrape. `None` if the condition has no such level.
type Levels<'s> = Box<dyn Fn(Level, u64) -> Option<Vec<Series>> + 's>;

/// The series that prove an alert.
pub(super) struct Story<'s> {
    /// The first scrape at which the expression holds when the series are past the threshold.
    pub(super) settles: u64,
    /// How far the expression looks back.
    pub(super) looks_back: Duration,
    /// The series. The alert has the labels of the first.
    pub(super) series: Levels<'s>,
    /// Further cases.
    pub(super) also: Vec<Also>,
}

impl<'s> Story<'s> {
    /// Of a condition about what is there at the moment.
    pub(super) fn now(series: impl Fn(Level) -> Option<Vec<Series>> + 's) -> Self {
        Self {
            settles: 0,
            looks_back: Duration::default(),
            series: Box::new(move |level, _| series(level)),
            also: Vec::new(),
        }
    }
}

/// A further case of an alert.
pub(super) struct Also {
    /// What it shows.
    pub(super) name: String,
    /// The series. Where the alert fires, it has the labels of the first.
    pub(super) series: Vec<Series>,
    /// The scrapes at which the alert is looked at, and whether it fires then.
    pub(super) moments: Vec<(u64, bool)>,
}

impl Also {
    pub(super) fn silent(name: String, scrape: u64, series: Vec<Series>) -> Self {
        Self { name, series, moments: vec![(scrape, false)] }
    }
}

/// A series.
pub(super) struct Series {
    pub(super) metric: String,
    pub(super) labels: Labels,
    pub(super) values: Values,
}

/// The labels of a series.
pub(super) type Labels = Vec<(&'static str, String)>;

/// The values of a series, one a scrape.
pub(super) enum Values {
    /// Each by itself; nothing where there is no sample.
    Each(Box<dyn Fn(u64) -> Option<u64>>),
    /// The first value, and what is added to it from scrape to scrape.
    Slope(u64, String),
}

impl Values {
    pub(super) fn always(value: u64) -> Self {
        Self::each(move |_| Some(value))
    }

    pub(super) fn each(value: impl Fn(u64) -> Option<u64> + 'static) -> Self {
        Self::Each(Box::new(value))
    }
}

impl Series {
    /// A series of a target.
    pub(super) fn of(
        metric: &str,
        target: &Target<'_>,
        labels: impl IntoIterator<Item = (&'static str, String)>,
        values: Values,
    ) -> Self {
        let scraped = [("job", target.name.to_string()), ("instance", target.address.clone())];
        let added = target.labels().map(|(name, value)| (name, value.to_owned()));
        let labels = scraped.into_iter().chain(added).chain(labels).collect();
        Self { metric: metric.to_owned(), labels, values }
    }

    /// A series of a target that has one value at all times.
    pub(super) fn always(
        metric: &str,
        target: &Target<'_>,
        labels: impl IntoIterator<Item = (&'static str, String)>,
        value: u64,
    ) -> Self {
        Self::of(metric, target, labels, Values::always(value))
    }

    /// The series, and so many of its values; if it is gone afterwards, with its end.
    pub(super) fn text(&self, scrapes: u64, gone: bool) -> (String, String) {
        let labels: Vec<_> = self.labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut values = match &self.values {
            Values::Slope(from, step) => format!("{from}{step}x{}", scrapes.saturating_sub(1)),
            Values::Each(value) => values_text(scrapes, value),
        };
        if gone {
            values += " stale";
        }
        (Selector::new(&self.metric, &labels).to_string(), values)
    }
}

/// Values from scrape to scrape as promtool reads them.
fn values_text(scrapes: u64, value: impl Fn(u64) -> Option<u64>) -> String {
    let mut runs: Vec<(Option<u64>, u64)> = Vec::new();
    for value in (0..scrapes).map(value) {
        match runs.last_mut() {
            Some((last, times)) if *last == value => *times += 1,
            _ => runs.push((value, 1)),
        }
    }
    runs_text(&runs)
}

/// Values as promtool reads them, each with the number of scrapes for which it stays.
pub(super) fn runs_text(runs: &[(Option<u64>, u64)]) -> String {
    let run = |(value, times): &(Option<u64>, u64)| match (value, times) {
        (Some(value), 1) => value.to_string(),
        (Some(value), _) => format!("{value}x{}", times - 1),
        // When a target no longer has a series, Prometheus marks its end.
        (None, 1) => "stale".to_owned(),
        (None, _) => format!("stale _x{}", times - 1),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(" ")
}

/// What Prometheus scrapes for an alert, and how often.
pub(super) struct Site<'a, 's> {
    pub(super) scenario: &'s Scenario<'a>,
    pub(super) targets: &'s Targets<'a>,
    /// The time between two scrapes, in seconds.
    pub(super) interval: u64,
    /// The alert's `for`.
    pub(super) lasting: Duration,
}

impl<'a, 's> Site<'a, 's> {
    pub(super) fn new(
        scenario: &'s Scenario<'a>,
        targets: &'s Targets<'a>,
        alert: &Alert,
        interval: Duration,
    ) -> Self {
        let interval = interval.secs().max(1);
        Self { scenario, targets, interval, lasting: alert.lasting }
    }

    /// The time between two scrapes.
    pub(super) fn interval(&self) -> Duration {
        Duration::from_secs(self.interval)
    }

    /// How many scrapes fill a time.
    pub(super) fn scrapes(&self, time: Duration) -> u64 {
        time.secs().div_ceil(self.interval)
    }

    /// The scrape at which an alert fires whose expression holds from a scrape on.
    pub(super) fn settled(&self, scrape: u64) -> u64 {
        scrape + self.scrapes(self.lasting)
    }

    /// When a scrape is.
    pub(super) fn time(&self, scrape: u64) -> Duration {
        Duration::from_secs(scrape * self.interval)
    }

    /// What runs on a host when nothing has failed.
    pub(super) fn active(&self, host: &HostName) -> running::Running<'a> {
        running::active(self.scenario, host)
    }

    /// The series of each host that a condition is about and whose target exports a metric. The first host is at the level, the
    /// others are in the planned state.
    pub(super) fn hosts<'t>(
        &'t self,
        metric: &str,
        level: Level,
        concerned: impl Fn(&Host) -> bool,
        mut series: impl FnMut(Level, &Target<'a>, &Host) -> Option<Vec<Series>>,
    ) -> Option<Vec<Series>> {
        let exports = |target: &&Target<'a>| target.exports(self.scenario, metric).is_some();
        let host =
            |target: &'t Target<'a>| Some((target, self.scenario.deployment().hosts.get(target.host)?));
        let hosts = self.targets.iter().filter(exports).filter_map(host);
        let mut hosts = hosts.filter(|(_, host)| concerned(host));
        let (target, first) = hosts.next()?;
        let first = series(level, target, first)?;
        let others = hosts.filter_map(|(target, host)| series(Level::Planned, target, host));
        Some(first.into_iter().chain(others.flatten()).collect())
    }

    /// The same for a condition about every host.
    pub(super) fn all_hosts(
        &self,
        metric: &str,
        level: Level,
        series: impl FnMut(Level, &Target<'a>, &Host) -> Option<Vec<Series>>,
    ) -> Option<Vec<Series>> {
        self.hosts(metric, level, |_| true, series)
    }
}

/// How much of a capacity is used. An alert that fires in the planned state, which a rule warns about, has no such level.
pub(super) fn used(level: Level, ledger: &Ledger, capacity: u64, above: Percent) -> Option<u64> {
    let (short, past) = around(capacity, above.get().into());
    match level {
        Level::Planned => Some(ledger.total().get()).filter(|planned| *planned <= short),
        Level::Short => Some(short),
        Level::Past => Some(past),
    }
}

/// What is just below a share of a whole, and what is just above it.
pub(super) fn around(whole: u64, percent: u64) -> (u64, u64) {
    let all = u128::from(whole) * u128::from(percent);
    let whole = |part: u128| u64::try_from(part).unwrap_or(u64::MAX);
    (whole(all / 100).saturating_sub(1), whole(all.div_ceil(100)).saturating_add(1))
}
