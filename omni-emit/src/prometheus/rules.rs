//! The files of alerting rules. <https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/>

use indexmap::IndexMap;
use omni_model::{monitoring::AlertRule, names::RuleGroupName, units::Duration};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Rules<'a> {
    groups: [Group<'a>; 1],
}

#[derive(Serialize)]
struct Group<'a> {
    name: &'a str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
struct Rule<'a> {
    alert: &'a str,
    expr: &'a str,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    lasting: Option<String>,
    labels: &'a IndexMap<&'static str, String>,
    annotations: IndexMap<&'static str, String>,
}

pub(super) fn rules<'a>(group: &'a RuleGroupName, alerts: &'a [AlertRule<'a>]) -> Rules<'a> {
    Rules { groups: [Group { name: group.as_str(), rules: alerts.iter().map(rule).collect() }] }
}

fn rule<'a>(alert: &'a AlertRule<'a>) -> Rule<'a> {
    let plain = |(name, text): (&&'static str, &String)| (*name, plain(text));
    Rule {
        alert: alert.name.as_str(),
        expr: &alert.expr,
        lasting: (alert.lasting != Duration::default()).then(|| alert.lasting.prometheus()),
        labels: &alert.labels,
        annotations: alert.annotations.iter().map(plain).collect(),
    }
}

/// A template that expands to this text: Prometheus expands annotations.
fn plain(text: &str) -> String {
    text.replace("{{", r#"{{ "{{" }}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_is_no_template() {
        assert_eq!(plain("95% {full}"), "95% {full}");
        assert_eq!(plain("{{{ $value }}"), r#"{{ "{{" }}{ $value }}"#);
    }
}
