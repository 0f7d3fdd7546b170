//! What each alert does when: its tests, from the values that its rule comes from.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{
    alerts::AlertRule,
    promql::Selector,
    stories::{Level, Series, Site, Story, runs_text},
};
use crate::{
    Scenario,
    deployment::{Alert, AlertCase, Condition},
    names::AlertName,
    units::Duration,
};

/// The cases of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertCases<'a> {
    /// The alert.
    pub alert: &'a AlertName,
    /// How far apart the values are, and the moments at which the rules are evaluated.
    pub interval: Duration,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A case of an alert: series from scrape to scrape, and what fires at some moments of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The series, each with its values as promtool expands them.
    pub series: Vec<(String, String)>,
    /// What fires when.
    pub moments: Vec<Moment>,
}

/// What fires at a moment of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When, counted from the first values.
    pub at: Duration,
    /// The labels of each alert that fires then; none if it is silent.
    pub fires: Vec<Labels>,
}

/// The labels of an alert that fires.
pub type Labels = IndexMap<String, String>;

/// The cases of each alert that has rules in a scenario.
pub fn cases<'a>(scenario: &Scenario<'a>) -> Vec<AlertCases<'a>> {
    let Some(monitoring) = &scenario.deployment().monitoring else { return Vec::new() };
    let mut rules: HashMap<_, Vec<_>> = HashMap::new();
    for rule in scenario.alerts() {
        rules.entry(rule.name).or_default().push(rule);
    }
    let mut all = Vec::new();
    for (name, alert) in &monitoring.alerts {
        let own = rules.remove(name).unwrap_or_default();
        let Some(rule) = own.first() else { continue };
        let site = Site::of(scenario, alert, monitoring.scrape_interval);
        let mut cases = match &alert.when {
            Condition::MetricMissing => missing(&site, alert, &own),
            when => site.story(when).map(|story| typed(&site, alert, rule, &story)).unwrap_or_default(),
        };
        cases.extend(alert.cases.iter().map(|case| written(case, rule)));
        all.push(AlertCases { alert: name, interval: site.interval(), cases });
    }
    all
}

/// What takes longer is not waited for.
const FAR: Duration = Duration::from_secs(3600);

/// The moments of a case in scrapes.
struct Clock {
    /// The first at which the alert fires.
    fires: u64,
    /// The first at which series that ended right after it are forgotten, if that is not far off: promtool evaluates every rule
    /// at every scrape until then.
    forgotten: Option<u64>,
}

impl Clock {
    fn of(site: &Site<'_, '_>, alert: &Alert, settles: u64, looks_back: Duration) -> Self {
        let fires = settles + site.scrapes(alert.lasting);
        let forgotten = (looks_back <= FAR).then(|| fires + 1 + site.scrapes(looks_back));
        Self { fires, forgotten }
    }
}

fn typed(site: &Site<'_, '_>, alert: &Alert, rule: &AlertRule<'_>, story: &Story<'_>) -> Vec<Case> {
    let clock = Clock::of(site, alert, story.settles, story.looks_back);
    let moment = |scrape, fires| Moment { at: site.time(scrape), fires };
    let silent = |name: String, level| {
        let series = (story.series)(level, clock.fires)?;
        let series = series.iter().map(|series| series.text(clock.fires + 1, false)).collect();
        Some(Case { name, series, moments: vec![moment(clock.fires, Vec::new())] })
    };
    let mut cases: Vec<_> = [
        silent("silent when all is as planned".to_owned(), Level::Planned),
        silent("silent just short of its threshold".to_owned(), Level::Short),
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
        _ => format!("fires when it has lasted {}, and not before", alert.lasting),
    };
    let forgotten = clock.forgotten.filter(|_| !past.is_empty());
    if let Some(forgotten) = forgotten {
        name += "; silent when its metrics are gone";
        moments.push(moment(forgotten, Vec::new()));
    }
    let series = past.iter().map(|series| series.text(clock.fires + 1, forgotten.is_some())).collect();
    cases.push(Case { name, series, moments });
    cases
}

/// The labels of an alert that fires: those of the first series, and the rule's.
fn labels(series: &[Series], rule: &AlertRule<'_>) -> Labels {
    let of_first = series.first().map(|first| first.labels.as_slice()).unwrap_or_default();
    let of_first = of_first.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    of_first.chain(of_rule(rule)).collect()
}

/// Each metric that is relied on is gone in its turn, and comes back.
fn missing(site: &Site<'_, '_>, alert: &Alert, rules: &[&AlertRule<'_>]) -> Vec<Case> {
    let absences: Vec<_> = rules.iter().filter_map(|rule| Some((*rule, rule.reads.first()?))).collect();
    // Only series of one metric have to do with each other.
    let mut alike: HashMap<_, Vec<_>> = HashMap::new();
    for (i, (rule, series)) in (0..).zip(&absences) {
        alike.entry(&series.metric).or_default().push((i, *rule, *series));
    }
    let alike = |series: &Selector| alike.get(&series.metric).map(Vec::as_slice).unwrap_or_default();
    let wait = site.scrapes(alert.lasting);
    // It lasts one scrape longer than it must, and one is between two turns.
    let (lasts, turn) = (wait + 2, wait + 3);
    let starts = |i: u64| i * turn + 1;
    let mut moments = Vec::new();
    for (i, (_, gone)) in (0..).zip(&absences) {
        // What holds for fewer labels as well is missed only when no series of it is left.
        let left = |absence| {
            let mut left = alike(gone).iter().filter(|(.., series)| !covers(gone, series));
            left.any(|(.., series)| covers(absence, series))
        };
        let missed = alike(gone).iter().filter(|(.., absence)| covers(gone, absence) && !left(absence));
        let fires = missed.map(|(_, rule, absence)| {
            let labels =
                absence.labels.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?)));
            labels.chain(of_rule(rule)).collect()
        });
        let start = starts(i);
        moments.push(Moment { at: site.time(start - 1), fires: Vec::new() });
        if wait > 0 {
            moments.push(Moment { at: site.time(start + wait - 1), fires: Vec::new() });
        }
        moments.push(Moment { at: site.time(start + wait), fires: fires.collect() });
    }
    let scrapes = starts(absences.len() as u64);
    let series = absences.iter().map(|(_, series)| {
        let (mut runs, mut told) = (Vec::new(), 0);
        for (i, ..) in alike(series).iter().filter(|(.., gone)| covers(gone, series)) {
            runs.extend([(Some(1), starts(*i) - told), (None, lasts)]);
            told = starts(*i) + lasts;
        }
        runs.push((Some(1), scrapes - told));
        (series.to_string(), runs_text(&runs))
    });
    vec![Case {
        name: "fires for each metric that is gone, and for no other".to_owned(),
        series: series.collect(),
        moments,
    }]
}

/// Whether a selector finds the series that has the labels of another of its metric.
fn covers(selector: &Selector, series: &Selector) -> bool {
    selector.labels.iter().all(|label| series.labels.contains(label))
}

/// A case that the author has written.
fn written(case: &AlertCase, rule: &AlertRule<'_>) -> Case {
    let fires = case.fires.iter().map(|labels| {
        let labels = labels.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        labels.chain(of_rule(rule)).collect()
    });
    Case {
        name: case.name.to_string(),
        series: case.series.iter().map(|(name, values)| (name.to_string(), values.to_string())).collect(),
        moments: vec![Moment { at: case.at, fires: fires.collect() }],
    }
}

fn of_rule<'r>(rule: &'r AlertRule<'_>) -> impl Iterator<Item = (String, String)> + use<'r> {
    rule.labels.iter().map(|(name, value)| ((*name).to_owned(), value.clone()))
}
