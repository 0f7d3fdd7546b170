use crate::{
    budget,
    deployment::{Condition, Deployment},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    units::Percent,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert about a full disk, or one without inodes, fires before the kubelet evicts pods for it",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let Some(cluster) = &deployment.cluster else { return Vec::new() };
    let Some((signal, space)) = budget::eviction(facts, &cluster.host) else { return Vec::new() };
    let disk = |condition: &Condition| match condition {
        Condition::DiskLow(keys) => Some(keys.below),
        _ => None,
    };
    let inodes = |condition: &Condition| match condition {
        Condition::InodesLow(keys) => Some(keys.below),
        _ => None,
    };
    let of_space = late(rule, deployment, signal, "of the disk", space, disk);
    let free = cluster.eviction.nodefs_inodes_free;
    let of_inodes = late(rule, deployment, "nodefs_inodes_free", "of the inodes", free, inodes);
    of_space.into_iter().chain(of_inodes).collect()
}

/// The first alert about something that runs out, if it does not fire before the kubelet evicts pods for it.
fn late(
    rule: &Rule,
    deployment: &Deployment,
    signal: &'static str,
    what: &str,
    evicts: Percent,
    fires_below: impl Fn(&Condition) -> Option<Percent>,
) -> Option<Diagnostic> {
    let alerts = deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts);
    let alerts = alerts.filter_map(|(name, alert)| Some((fires_below(&alert.when)?, name)));
    let (below, alert) = alerts.max_by_key(|(below, _)| *below)?;
    if below > evicts {
        return None;
    }
    let message =
        format!("the kubelet evicts pods when {evicts} {what} are left, and `{alert}` fires below {below}");
    let path = ModelPath::root().key("cluster").key("eviction").key(signal);
    let related = ModelPath::root().key("monitoring").key("alerts").key(alert).key("when");
    let finding = rule.finding(path, message).related(related, "the alert");
    Some(finding.help("lower the threshold of the eviction, or raise that of the alert"))
}
