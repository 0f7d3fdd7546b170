use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{Names, message, said},
    rules::{Definition, Rule, Scope, at},
    running::{self, Group, MAX_GROUP},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "few enough standbys replace the same services that every combination can be budgeted",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let find = |group: Group<'_>| {
        let (last, _) = group.last().filter(|_| group.len() > MAX_GROUP)?;
        let message = message!(
            "{standbys} replace the same services, which makes too many combinations to budget: {names}",
            standbys = said(count(group.len(), "standby"), group.len()),
            names = group.iter().map(|(name, _)| name).collect::<Names>(),
        );
        let help = format!("let at most {MAX_GROUP} standbys replace the same service or each other");
        Some(rule.finding(at("services", last).key("state").key("standby"), message).help(help))
    };
    running::groups(facts.services()).into_iter().filter_map(find).collect()
}
