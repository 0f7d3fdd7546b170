use crate::{
    budget,
    deployment::{Condition, Deployment, INODES_FREE},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    units::Percent,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "alerts about disk space and inodes fire before the kubelet evicts pods",
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
    let eviction = ModelPath::root().key("cluster").key("eviction");
    let of_space = late(rule, deployment, eviction.key(signal), "disk space", space, disk);
    let free = cluster.eviction.nodefs_inodes_free;
    let place = if free == INODES_FREE { eviction } else { eviction.key("nodefs_inodes_free") };
    let of_inodes = late(rule, deployment, place, "inodes", free, inodes);
    of_space.into_iter().chain(of_inodes).collect()
}

/// The earliest alert about a resource, if it does not fire before the kubelet evicts pods.
fn late(
    rule: &Rule,
    deployment: &Deployment,
    place: ModelPath,
    resource: &'static str,
    evicts_below: Percent,
    fires_below: impl Fn(&Condition) -> Option<Percent>,
) -> Option<Diagnostic> {
    let alerts = deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts);
    let alerts = alerts.filter_map(|(name, alert)| Some((fires_below(&alert.when)?, name)));
    let (below, alert) = alerts.max_by_key(|(below, _)| *below)?;
    if below > evicts_below {
        return None;
    }
    let message = message!(
        "the kubelet evicts pods below {evicts_below} of free {resource}, but `{alert}` fires only below {fires_below}",
        evicts_below,
        resource,
        alert,
        fires_below = below,
    );
    let related = ModelPath::root().key("monitoring").key("alerts").key(alert).key("when");
    let finding = rule.finding(place, message).related(related, "the alert");
    Some(finding.help("lower the eviction threshold, or raise the threshold of the alert"))
}
