//! The tests of the alerting rules, for `promtool test rules`.
//! <https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/>

use std::collections::HashMap;

use indexmap::IndexMap;
use omni_model::{
    Facts,
    monitoring::{AlertCases, AlertRule, Case, Labels, Moment},
    names::AlertName,
    units::Duration,
};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Tests<'a> {
    rule_files: [String; 1],
    evaluation_interval: String,
    tests: Vec<Test<'a>>,
}

#[derive(Serialize)]
struct Test<'a> {
    name: String,
    interval: String,
    input_series: Vec<InputSeries>,
    alert_rule_test: Vec<AlertRuleTest<'a>>,
}

#[derive(Serialize)]
struct InputSeries {
    series: String,
    values: String,
}

#[derive(Serialize)]
struct AlertRuleTest<'a> {
    eval_time: String,
    alertname: &'a str,
    exp_alerts: Vec<ExpectedAlert<'a>>,
}

#[derive(Serialize)]
struct ExpectedAlert<'a> {
    exp_labels: Labels,
    exp_annotations: &'a IndexMap<&'static str, String>,
}

/// A file of tests for each alert, with the file of rules as it is found from there.
pub(super) fn files<'r, 'a: 'r>(facts: &'r Facts<'a>, rules: &str) -> Vec<(&'r AlertName, Tests<'r>)> {
    let named: HashMap<_, _> = facts.alerts().iter().rev().map(|rule| (rule.name, rule)).collect();
    let file = |AlertCases { alert: name, interval, cases }: AlertCases<'a>| {
        let rule = *named.get(name)?;
        let evaluation_interval = interval.prometheus();
        let tests = cases.into_iter().map(|case| test(rule, interval, case)).collect();
        Some((name, Tests { rule_files: [rules.to_owned()], evaluation_interval, tests }))
    };
    facts.cases().into_iter().filter_map(file).collect()
}

fn test<'r>(rule: &'r AlertRule<'_>, interval: Duration, case: Case) -> Test<'r> {
    let expected = |exp_labels| ExpectedAlert { exp_labels, exp_annotations: &rule.annotations };
    let moment = |Moment { at, fires }: Moment| AlertRuleTest {
        eval_time: at.prometheus(),
        alertname: rule.name.as_str(),
        exp_alerts: fires.into_iter().map(expected).collect(),
    };
    Test {
        name: format!("{}: {}", rule.name, case.name),
        interval: interval.prometheus(),
        input_series: case
            .series
            .into_iter()
            .map(|(series, values)| InputSeries { series, values })
            .collect(),
        alert_rule_test: case.moments.into_iter().map(moment).collect(),
    }
}
