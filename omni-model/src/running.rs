//! Which services may run at the same time.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};

use crate::{
    deployment::{Service, State},
    names::{HostName, ServiceName},
    scenario::Scenario,
};

/// The services of a deployment that run at the same time.
pub type Running<'a> = IndexSet<&'a ServiceName>;

/// Returns the services that run on a host when nothing has failed.
pub fn active<'a>(scenario: &Scenario<'a>, host: &HostName) -> Running<'a> {
    let active = scenario.on(host).iter().filter(|(_, service)| service.state == State::Active);
    active.map(|(name, _)| *name).collect()
}

/// Returns the combination of a host's services with the highest total `demand`, among all combinations that may run at the
/// same time.
///
/// A standby runs only in place of the services that it replaces. Standbys that replace the same service (or each other) are
/// chosen together; the choices of unrelated standbys add up.
pub fn worst<'a>(
    scenario: &Scenario<'a>,
    host: &HostName,
    demand: impl Fn(&'a Service) -> u64,
) -> Running<'a> {
    let amount =
        |name: &ServiceName| scenario.service(name).map_or(0, |(_, service)| i128::from(demand(service)));
    let mut running = active(scenario, host);
    for group in groups(scenario.on(host).iter().copied()) {
        // Groups have no service in common, so each group changes the demand independently of the others.
        let replaced = |choice: &Group<'a>| -> Running<'a> {
            let replaced = choice.iter().flat_map(|(_, replaces)| replaces.iter());
            replaced.filter(|name| running.contains(name)).collect()
        };
        let more = |choice: &Group<'a>| {
            choice.iter().map(|(name, _)| amount(name)).sum::<i128>()
                - replaced(choice).into_iter().map(amount).sum::<i128>()
        };
        let worst = choices(&group).max_by_key(more).filter(|choice| more(choice) > 0);
        let Some(worst) = worst else { continue };
        let replaced = replaced(&worst);
        running.extend(worst.iter().map(|(name, _)| *name));
        running.retain(|name| !replaced.contains(name));
    }
    running
}

/// Returns whether two services may run at the same time, that is, whether neither replaces the other.
pub fn may_meet((a, first): (&ServiceName, &Service), (b, second): (&ServiceName, &Service)) -> bool {
    !replaces(first).contains(b) && !replaces(second).contains(a)
}

/// Returns the services that a service replaces.
pub fn replaces(service: &Service) -> &[ServiceName] {
    match &service.state {
        State::Active => &[],
        State::Standby(standby) => &standby.replaces,
    }
}

/// Standbys, and the services that each of them replaces.
pub type Group<'a> = Vec<(&'a ServiceName, &'a [ServiceName])>;

/// Returns the standbys among services, in groups. Standbys that replace the same services, or each other, are in one group.
pub fn groups<'a>(services: impl Iterator<Item = (&'a ServiceName, &'a Service)>) -> Vec<Group<'a>> {
    let mut groups: IndexMap<usize, Group<'a>> = IndexMap::new();
    let mut group_of = HashMap::new();
    for (number, (name, service)) in services.enumerate() {
        if service.state == State::Active {
            continue;
        }
        let mut group: Group<'a> = vec![(name, replaces(service))];
        for touched in replaces(service).iter().chain([name]) {
            let earlier = group_of.get(touched).and_then(|other| groups.shift_remove(other));
            group.splice(0..0, earlier.unwrap_or_default());
        }
        for touched in group.iter().flat_map(|(name, replaces)| replaces.iter().chain([*name])) {
            group_of.insert(touched, number);
        }
        groups.insert(number, group);
    }
    groups.into_values().collect()
}

/// The size of the largest group of standbys of which every combination is checked.
pub const MAX_GROUP: usize = 10;

/// Returns every set of a group's standbys that may run at the same time, that is, in which none replaces another.
fn choices<'a>(group: &Group<'a>) -> impl Iterator<Item = Group<'a>> {
    let sets = 1..1_usize << group.len().min(MAX_GROUP);
    sets.map(|set| {
        group.iter().enumerate().filter(move |(i, _)| set >> i & 1 == 1).map(|(_, one)| *one).collect()
    })
    .filter(|choice: &Group<'a>| {
        let replaced = |name| choice.iter().any(|(_, replaces)| replaces.contains(name));
        !choice.iter().any(|(name, _)| replaced(name))
    })
}
