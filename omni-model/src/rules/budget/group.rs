//! B007

use crate::{
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
    running::{self, Group, MAX_GROUP},
    scenario::Scenario,
    suggest::list,
};

/// Every combination of services that may run together is budgeted, so there are not too many.
pub(crate) static RULE: Rule = Rule {
    id: "B007",
    name: "too-many-standbys",
    severity: Severity::Error,
    summary: "few enough standbys stand in for the same services that each combination can be budgeted",
    docs: include_str!("group.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let find = |group: Group<'_>| {
        let (last, _) = group.last().filter(|_| group.len() > MAX_GROUP)?;
        let message = format!(
            "{} standbys stand in for the same services, which makes too many combinations to budget: {}",
            group.len(),
            list(group.iter().map(|(name, _)| name.as_str())),
        );
        let help = format!("at most {MAX_GROUP} may replace the same service or each other");
        Some(rule.finding(at("services", last).key("state").key("standby"), message).help(help))
    };
    running::groups(scenario.services()).into_iter().filter_map(find).collect()
}
