use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
    running::{self, Group, MAX_GROUP},
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "few enough standbys stand in for the same services that each combination can be budgeted",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
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
    running::groups(facts.services()).into_iter().filter_map(find).collect()
}
