//! What holds of the prover whatever the deployment. The deployments are the lab's random ones, the lines those that are
//! emitted, and others beside them. The cases are the same in every run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "../lab/generate.rs"]
mod generate;
mod lines;

use std::{cell::Cell, collections::HashSet};

use omni::Checked;
use omni::model::{
    Facts,
    policy::{NetworkPolicy, PodSelector, PolicyRule, Seat},
    reach::{self, Destination, Layer, Matrix, Source, Verdict, World},
};
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use lines::{Lines, policy_rule, ufw_rule};

/// So many deployments for each property.
const CASES: u32 = 48;

/// Tries a property with the same cases in every run.
fn hold<S: Strategy>(strategy: S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, random).run(&strategy, property).unwrap();
}

/// A random deployment, on one generation of Docker Engine or the other.
fn deployment(seed: u64) -> Checked {
    let release = if seed.is_multiple_of(2) { "28" } else { "26" };
    generate::deployment(seed, release.parse().unwrap())
}

/// Whether everything that comes about in the first world does so in the other.
fn all_stays_open(before: &World<'_>, after: &World<'_>) -> Result<(), TestCaseError> {
    let after: HashSet<_> = after.connections().collect();
    for (from, to) in before.connections() {
        prop_assert!(after.contains(&(from, to)), "{from} -> {to} is closed");
    }
    Ok(())
}

/// The services that are pods.
fn pods<'a>(scenario: &Facts<'a>) -> Vec<Source<'a>> {
    let pods = scenario.services().filter(|(name, service)| scenario.seat(name, service) == Some(Seat::Pod));
    pods.map(|(name, service)| Source::Service(name, service)).collect()
}

/// A policy for one pod alone.
fn policy_for(scenario: &Facts<'_>, pod: Source<'_>, egress: Vec<PolicyRule>) -> NetworkPolicy {
    let Source::Service(name, service) = pod else { panic!("{pod} is no pod") };
    NetworkPolicy {
        name: "more".to_owned(),
        namespace: scenario.namespace(&service.zone).unwrap(),
        pods: PodSelector::Service(name.clone()),
        ingress: None,
        egress: Some(egress),
        origins: Vec::new(),
    }
}

#[test]
fn another_allow_of_ufw_closes_nothing() {
    hold((0..1_000_u64, any::<Index>(), ufw_rule()), |(seed, host, rule)| {
        let checked = deployment(seed);
        for scenario in checked.facts() {
            let mut lines = Lines::emitted(&scenario);
            let at = host.index(lines.hosts.len());
            lines.hosts[at].0.rules.push(rule.clone());
            all_stays_open(scenario.world(), &lines.world(&scenario))?;
        }
        Ok(())
    });
}

#[test]
fn another_egress_rule_of_an_isolated_pod_closes_nothing() {
    let tried = Cell::new(0);
    hold((0..1_000_u64, any::<Index>(), policy_rule()), |(seed, pod, rule)| {
        let checked = deployment(seed);
        for scenario in checked.facts() {
            let pods = pods(&scenario);
            if pods.is_empty() {
                continue;
            }
            // Every namespace has a policy that denies: each pod is isolated.
            let mut lines = Lines::emitted(&scenario);
            lines.policies.push(policy_for(&scenario, *pod.get(&pods), vec![rule.clone()]));
            all_stays_open(scenario.world(), &lines.world(&scenario))?;
            tried.set(tried.get() + 1);
        }
        Ok(())
    });
    assert!(tried.get() > CASES / 4, "{} of {CASES} have pods", tried.get());
}

/// The layer that stops each way of a connection.
fn stops<'a>(world: &World<'a>, from: Source<'a>, to: Destination<'a>) -> Vec<Option<Layer>> {
    let verdicts = world.verdicts(from, to);
    verdicts.iter().map(|verdict| verdict.stopped().map(|hop| hop.layer)).collect()
}

#[test]
fn the_first_policy_of_a_pod_isolates_it_and_nobody_else() {
    let closed = Cell::new(0);
    hold((0..1_000_u64, any::<Index>()), |(seed, pod)| {
        let checked = deployment(seed);
        for scenario in checked.facts() {
            let pods = pods(&scenario);
            if pods.is_empty() {
                continue;
            }
            let pod = *pod.get(&pods);
            let mut lines = Lines { policies: Vec::new(), ..Lines::emitted(&scenario) };
            let before = lines.world(&scenario);
            lines.policies.push(policy_for(&scenario, pod, Vec::new()));
            let after = lines.world(&scenario);
            for to in before.destinations() {
                let (was, is) = (stops(&before, pod, to), stops(&after, pod, to));
                prop_assert!(!was.contains(&Some(Layer::Egress)), "{pod} -> {to} before");
                // What has no way there is not asked, nor what Docker drops before any filter (raw PREROUTING).
                let asked = is.iter().all(|layer| {
                    matches!(layer, Some(Layer::Egress | Layer::Loopback | Layer::Routing | Layer::Guard))
                });
                prop_assert!(asked, "{pod} -> {to}: {is:?}");
            }
            let (before, after): (Vec<_>, Vec<_>) =
                (before.connections().collect(), after.connections().collect());
            let others = before.iter().filter(|(from, _)| *from != pod);
            prop_assert!(others.eq(after.iter()), "somebody else than {pod} is concerned");
            closed.set(closed.get() + before.len() - after.len());
        }
        Ok(())
    });
    assert!(closed.get() > 0, "no pod reached anything before");
}

#[test]
fn without_the_lines_that_a_verdict_names_it_is_another() {
    let (opened, closed) = (Cell::new(0), Cell::new(0));
    hold((0..1_000_u64, any::<Index>()), |(seed, pair)| {
        let checked = deployment(seed);
        for scenario in checked.facts() {
            let world = scenario.world();
            let (sources, destinations) = (world.sources(), world.destinations());
            let at = pair.index(sources.len() * destinations.len());
            // A stretch of the matrix: more would take long, and the next case looks elsewhere.
            let pairs = sources.iter().flat_map(|from| destinations.iter().map(move |to| (*from, *to)));
            for (from, to) in pairs.cycle().skip(at).take(60) {
                for verdict in world
                    .verdicts(from, to)
                    .iter()
                    .filter(|it| it.hops.iter().any(|hop| !hop.lines.is_empty()))
                {
                    let mut lines = Lines::emitted(&scenario);
                    lines.remove(verdict);
                    let after = lines.world(&scenario);
                    let same = |it: &Verdict<'_>| it.attempt == verdict.attempt;
                    // Whom only a removed line told from the others is no longer asked.
                    let Some(after) = after.verdicts(from, to).into_iter().find(same).map(|it| said(&it))
                    else {
                        continue;
                    };
                    prop_assert_ne!(&said(verdict), &after, "{} -> {}", from, to);
                    if verdict.reaches() && verdict.hops.iter().any(|hop| hop.asked && !hop.lines.is_empty())
                    {
                        prop_assert!(!after.0, "{from} -> {to} still comes about: {after:?}");
                        closed.set(closed.get() + 1);
                    } else {
                        opened.set(opened.get() + 1);
                    }
                }
            }
        }
        Ok(())
    });
    assert!(opened.get() > 100 && closed.get() > 100, "{} stopped, {} reaching", opened.get(), closed.get());
}

/// What a verdict says: whether it reaches, and each layer with the number of its lines.
fn said(verdict: &Verdict<'_>) -> (bool, Vec<(Layer, bool, usize)>) {
    let hops = verdict.hops.iter().map(|hop| (hop.layer, hop.passes, hop.lines.len()));
    (verdict.reaches(), hops.collect())
}

#[test]
fn each_cell_is_what_its_verdict_says() {
    let strategy = (0..1_000_u64, any::<Index>(), ufw_rule(), policy_rule());
    hold(strategy, |(seed, at, ufw, rule)| {
        let checked = deployment(seed);
        for scenario in checked.facts() {
            let mut lines = Lines::emitted(&scenario);
            let host = at.index(lines.hosts.len());
            lines.hosts[host].0.rules.push(ufw.clone());
            if let Some(pod) = pods(&scenario).first() {
                lines.policies.push(policy_for(&scenario, *pod, vec![rule.clone()]));
            }
            let without = Lines {
                policies: lines.policies[lines.policies.len().saturating_sub(1)..].to_vec(),
                ..lines.clone()
            };
            for lines in [lines, without] {
                let world = lines.world(&scenario);
                for (from, to, cell) in Matrix::of(&world, scenario.declared()).cells() {
                    let verdict = world.verdict(from, to);
                    prop_assert_eq!(cell == reach::Cell::Nothing, verdict.is_none(), "{} -> {}", from, to);
                    prop_assert_eq!(
                        cell.reaches(),
                        verdict.is_some_and(|it| it.reaches()),
                        "{} -> {}",
                        from,
                        to
                    );
                }
            }
        }
        Ok(())
    });
}
