//! The cases of an alert: at which moments it fires, and with which labels.

use indexmap::IndexMap;

use super::{
    rule::AlertRule,
    story::{Level, Series, Site, Story},
};
use crate::{
    deployment::{Alert, AlertCase},
    names::AlertName,
    units::Duration,
};

/// The cases of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertCases<'a> {
    /// The alert.
    pub alert: &'a AlertName,
    /// Time between two values, and between two evaluations of the rules.
    pub interval: Duration,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A case of an alert: series with a value for each scrape, and what fires at some moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What the case shows.
    pub name: String,
    /// The series, each with its values in the notation of promtool.
    pub series: Vec<(String, String)>,
    /// When the alert is looked at, and what fires then.
    pub moments: Vec<Moment>,
}

/// A moment of a case, and what fires then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Time since the first values.
    pub at: Duration,
    /// The labels of each alert that fires. Empty if the alert is silent.
    pub fires: Vec<Labels>,
}

/// The labels of an alert that fires.
pub type Labels = IndexMap<String, String>;

/// The longest time for which a case waits until series are forgotten.
const FAR: Duration = Duration::from_secs(3600);

/// Two moments of a case, in scrapes.
struct Clock {
    /// The first scrape at which the alert fires.
    fires: u64,
    /// The first scrape at which the expression no longer sees series that ended right after that. `None` if it looks back further than
    /// [`FAR`]: promtool evaluates every rule at every scrape until then.
    forgotten: Option<u64>,
}

impl Clock {
    fn of(site: &Site<'_, '_>, alert: &Alert, settles: u64, looks_back: Duration) -> Self {
        let fires = settles + site.scrapes(alert.lasting);
        let forgotten = (looks_back <= FAR).then(|| fires + 1 + site.scrapes(looks_back));
        Self { fires, forgotten }
    }
}

/// The cases that follow from the series of a kind.
pub(super) fn told(site: &Site<'_, '_>, alert: &Alert, rule: &AlertRule<'_>, story: &Story<'_>) -> Vec<Case> {
    let clock = Clock::of(site, alert, story.settles, story.looks_back);
    let moment = |scrape, fires| Moment { at: site.time(scrape), fires };
    let silent = |name: String, level| {
        let series = (story.series)(level, clock.fires)?;
        let series = series.iter().map(|series| series.text(clock.fires + 1, false)).collect();
        Some(Case { name, series, moments: vec![moment(clock.fires, Vec::new())] })
    };
    let mut cases: Vec<_> = [
        silent("silent in the planned state".to_owned(), Level::Planned),
        silent("silent just before the threshold".to_owned(), Level::Short),
    ]
    .into_iter()
    .flatten()
    .collect();
    cases.extend(story.also.iter().map(|also| {
        let last = also.moments.iter().map(|(scrape, _)| *scrape).max().unwrap_or_default();
        let fires = |fires| if fires { vec![labels(&also.series, rule)] } else { Vec::new() };
        Case {
            name: also.name.clone(),
            series: also.series.iter().map(|series| series.text(last + 1, false)).collect(),
            moments: also.moments.iter().map(|(scrape, is)| moment(*scrape, fires(*is))).collect(),
        }
    }));
    let past = (story.series)(Level::Past, clock.fires).unwrap_or_default();
    let mut moments = Vec::new();
    if clock.fires > 0 {
        moments.push(moment(clock.fires - 1, Vec::new()));
    }
    moments.push(moment(clock.fires, vec![labels(&past, rule)]));
    let mut name = match alert.lasting.secs() {
        0 => "fires at once".to_owned(),
        _ => format!("fires after {}, not earlier", alert.lasting),
    };
    let forgotten = clock.forgotten.filter(|_| !past.is_empty());
    if let Some(forgotten) = forgotten {
        name += "; silent when the metrics are gone";
        moments.push(moment(forgotten, Vec::new()));
    }
    let series = past.iter().map(|series| series.text(clock.fires + 1, forgotten.is_some())).collect();
    cases.push(Case { name, series, moments });
    cases
}

/// The labels of an alert that fires: those of the first series, and those of the rule.
fn labels(series: &[Series], rule: &AlertRule<'_>) -> Labels {
    let of_first = series.first().map(|first| first.labels.as_slice()).unwrap_or_default();
    let of_first = of_first.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    of_first.chain(rule.added()).collect()
}

/// A case that the author of the deployment has written.
pub(super) fn written(case: &AlertCase, rule: &AlertRule<'_>) -> Case {
    let fires = case.fires.iter().map(|labels| {
        let labels = labels.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        labels.chain(rule.added()).collect()
    });
    Case {
        name: case.name.to_string(),
        series: case.series.iter().map(|(name, values)| (name.to_string(), values.to_string())).collect(),
        moments: vec![Moment { at: case.at, fires: fires.collect() }],
    }
}
