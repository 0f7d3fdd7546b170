//! The possible connections in v15, and those that the plan's own firewall rules would have allowed.

use omni::{
    Checked, Facts, check,
    model::{
        Context,
        deployment::{Deployment, Ipv6},
        policy::{DockerUser, NetworkPolicy, Peers, PodSelector, Ufw},
        reach::{Declared, Destination, Hop, Layer, Source, Verdict, World},
    },
};

use crate::examples::{self, v15::v15};

const OPTIONS: [&str; 2] = ["compose", "k3s"];

fn option<'a>(checked: &'a Checked, name: &str) -> Facts<'a> {
    checked.facts().into_iter().find(|scenario| *scenario.option() == name).unwrap()
}

fn source<'a>(world: &World<'a>, name: &str) -> Source<'a> {
    world.sources().into_iter().find(|source| source.to_string() == name).expect(name)
}

fn destination<'a>(world: &World<'a>, name: &str) -> Destination<'a> {
    world.destinations().into_iter().find(|destination| destination.to_string() == name).expect(name)
}

fn verdict<'w, 'a>(world: &'w World<'a>, from: &str, to: &str) -> Verdict<'w> {
    world.verdict(source(world, from), destination(world, to)).unwrap()
}

/// Returns whether a source cannot reach a destination with any of its addresses, at any address of the destination.
fn is_closed(world: &World<'_>, from: &str, to: &str) -> bool {
    let verdicts = world.verdicts(source(world, from), destination(world, to));
    !verdicts.is_empty() && verdicts.iter().all(|verdict| !verdict.reaches())
}

/// Returns the layer that stops a connection.
fn stopped_by(world: &World<'_>, from: &str, to: &str) -> Option<Layer> {
    verdict(world, from, to).stopped().map(|hop| hop.layer)
}

#[test]
fn the_plan_s_diagram_reaches_in_both_options() {
    let checked = v15();
    for name in OPTIONS {
        let scenario = option(&checked, name);
        let world = World::of(&scenario);
        let edges = [
            ("agent-orchestrator", "deepseek.http"),
            ("agent-orchestrator", "letta.http"),
            ("letta", "qdrant.http"),
        ];
        for (from, to) in edges {
            assert!(verdict(&world, from, to).reaches(), "{from} -> {to} in {name}");
        }
        let to_the_model = verdict(&world, "agent-orchestrator", "deepseek.http").attempt;
        assert_eq!(format!("{}:{}", to_the_model.address, to_the_model.port), "192.168.3.10:8000");
    }
}

#[test]
fn every_flow_and_every_health_check_reaches_in_both_options() {
    let checked = v15();
    for name in OPTIONS {
        let scenario = option(&checked, name);
        let (world, declared) = (World::of(&scenario), Declared::of(&scenario));
        let mut flows = 0;
        for link in declared.links() {
            let (Some(from), to) = (Source::of(link.from), Destination::of(link.to)) else { continue };
            // Every layer accepts the packet, even while the policy controller of k3s has not started yet.
            let verdicts = world.verdicts(from, to);
            assert!(verdicts.iter().any(|verdict| verdict.stopped().is_none()), "{link} in {name}");
            flows += 1;
        }
        assert!(flows >= checked.flows.len(), "{name}");
        for (service, spec) in scenario.services().filter(|(_, spec)| spec.health.is_some()) {
            for port in spec.ports.keys() {
                let to = format!("{service}.{port}");
                assert!(verdict(&world, "omni", &to).reaches(), "the host asks {to} in {name}");
            }
        }
    }
}

#[test]
fn memory_agents_and_exporters_do_not_reach_from_outside() {
    let checked = v15();
    for name in OPTIONS {
        let scenario = option(&checked, name);
        let world = World::of(&scenario);
        for to in [
            "qdrant.http",
            "memgraph.bolt",
            "mem0.http",
            "letta.http",
            "agent-orchestrator.http",
            "mcp-proxy.http",
            "metacognition.http",
            "node-exporter.metrics",
            "dcgm-exporter.metrics",
            "alertmanager.http",
        ] {
            for from in ["lan", "operator", "internet"] {
                assert!(is_closed(&world, from, to), "{from} -> {to} in {name}");
            }
        }
    }
}

/// Returns the examples, which do not allow IPv6, and a variant of each that does.
fn with_and_without_ipv6() -> Vec<Checked> {
    let all = examples::ALL.iter().map(|(_, example)| example());
    let both = |checked: Checked| {
        let mut open = Deployment::from(checked.clone());
        open.hosts.values_mut().for_each(|host| host.ipv6 = Ipv6::Allow);
        [checked, check(open, &Context::default()).unwrap()]
    };
    all.flat_map(both).collect()
}

#[test]
fn ipv6_reaches_nothing_that_ipv4_does_not_or_is_found() {
    let mut reached = Vec::new();
    for checked in with_and_without_ipv6() {
        let is_found = checked.warnings().findings.iter().any(|finding| finding.rule == "F010");
        assert_eq!(checked.hosts[0].ipv6 == Ipv6::Allow && checked.cluster.is_some(), is_found);
        for scenario in checked.facts() {
            let world = World::of(&scenario);
            for from in world.sources() {
                for to in world.destinations().into_iter().filter(|to| world.reaches_by_ipv6(from, *to)) {
                    assert_ne!(checked.hosts[0].ipv6, Ipv6::Deny);
                    let by_ipv4 = world.verdict(from, to).is_some_and(|it| it.reaches());
                    assert!(by_ipv4 || is_found, "{from} -> {to} in {}", scenario.option());
                    reached.push((format!("{from} -> {to}"), by_ipv4));
                }
            }
        }
    }
    // With IPv6 allowed, connections from outside are possible, and a pod bypasses its policies.
    for expected in [("internet -> deepseek.http", true), ("mcp-proxy -> glm.http", false)] {
        assert!(reached.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {reached:?}");
    }
}

/// The ufw rules in section 3.2 of the plan.
const UFW: [&str; 6] = [
    "allow ssh",
    "allow 8000:8100/tcp",
    "allow 3000/tcp",
    "allow 9090/tcp",
    "allow from 10.42.0.0/16 to any",
    "allow from 10.43.0.0/16 to any",
];

/// Returns ufw as the plan configures it, without one of its rules.
fn ufw(scenario: &Facts<'_>, without: &str) -> Ufw {
    let (name, host) = scenario.deployment().hosts.first().unwrap();
    let mut ufw = scenario.ufw(name, host);
    ufw.rules.retain(|rule| UFW.contains(&rule.to_string().as_str()));
    assert_eq!(ufw.rules.len(), UFW.len());
    ufw.rules.retain(|rule| rule.to_string() != without);
    ufw
}

/// Returns the policy of section 3.1, which allows only the host's own address.
fn zone_b_egress(scenario: &Facts<'_>) -> NetworkPolicy {
    let policies = scenario.network_policies();
    let mut policy = policies.into_iter().find(|policy| policy.name == "zone-b-egress").unwrap();
    let host =
        |peers: &Peers| matches!(peers, Peers::Network(cidr, _) if cidr.to_string() == "192.168.3.10/32");
    policy.egress.as_mut().unwrap().retain(|rule| host(&rule.peers));
    policy
}

/// Returns v15 on k3s with the plan's own rules: ufw without one of its rules, an empty DOCKER-USER, and these policies.
fn as_written<'a>(scenario: &Facts<'a>, without: &str, policies: Vec<NetworkPolicy>) -> World<'a> {
    let nothing = DockerUser { rules: Vec::new(), rules6: Vec::new() };
    World::with(scenario, vec![(ufw(scenario, without), nothing)], policies)
}

#[test]
fn section_3_1_cuts_the_agents_off() {
    let checked = v15();
    let scenario = option(&checked, "k3s");
    let mut policy = zone_b_egress(&scenario);
    policy.pods = PodSelector::All;
    let world = as_written(&scenario, "", vec![policy]);
    assert!(verdict(&world, "agent-orchestrator", "deepseek.http").reaches());
    for to in [
        // The policy does not list these services, nor the APIs, nor the DNS server.
        "metacognition.http",
        "mcp-proxy.http",
        "qdrant.http",
        "memgraph.bolt",
        "phoenix.http",
        "internet:443",
        // The policy lists these at the host's address, but Docker replaces it with the container's before a
        // policy applies.
        "mem0.http",
        "letta.http",
    ] {
        assert_eq!(stopped_by(&world, "agent-orchestrator", to), Some(Layer::Egress), "{to}");
    }
    let names = scenario.network_policies().into_iter().filter(|policy| policy.name == "allow-dns").count();
    assert_eq!(names, scenario.kubernetes_zones().len());
}

#[test]
fn a_policy_of_section_3_1_that_selects_nobody_fences_nobody_in() {
    let checked = v15();
    let scenario = option(&checked, "k3s");
    let mut policy = zone_b_egress(&scenario);
    policy.pods = PodSelector::Labels([("zone".parse().unwrap(), "feet".parse().unwrap())].into());
    let world = as_written(&scenario, "", vec![policy]);
    // With the whole pod network allowed, the sandboxes reach every port of the host.
    for to in ["internet:443", "qdrant.http", "omni.kubelet", "omni.ssh", "node-exporter.metrics"] {
        assert!(verdict(&world, "mcp-proxy", to).reaches(), "{to}");
    }
}

#[test]
fn no_policy_governs_the_inference_in_the_host_s_network() {
    let checked = v15();
    let scenario = option(&checked, "k3s");
    let mut policies = scenario.network_policies();
    policies.retain(|policy| policy.name == "default-deny");
    assert_eq!(policies.len(), 2);
    let world = as_written(&scenario, "", policies);
    let layers = |hops: &[Hop<'_>]| hops.iter().map(|hop| hop.layer).collect::<Vec<_>>();
    let verdict = verdict(&world, "internet", "deepseek.http");
    assert!(verdict.reaches());
    assert_eq!(layers(&verdict.hops), [Layer::Ufw]);
}

#[test]
fn section_3_2_opens_the_vector_store_to_the_lan_past_ufw() {
    let checked = v15();
    let scenario = option(&checked, "k3s");
    let world = as_written(&scenario, "", Vec::new());
    for to in ["qdrant.http", "memgraph.bolt", "mem0.http", "letta.http", "phoenix.http"] {
        let verdict = verdict(&world, "lan", to);
        assert!(verdict.reaches(), "{to}");
        assert!(verdict.hops.iter().all(|hop| hop.layer != Layer::Ufw), "{to}");
    }
}

#[test]
fn section_3_2_needs_its_lines_for_ssh_and_the_pods() {
    let checked = v15();
    let scenario = option(&checked, "k3s");
    for (line, from, to) in [
        ("allow ssh", "operator", "omni.ssh"),
        ("allow from 10.42.0.0/16 to any", "agent-orchestrator", "omni.kubernetes-api"),
        ("allow 8000:8100/tcp", "lan", "deepseek.http"),
    ] {
        assert!(verdict(&as_written(&scenario, "", Vec::new()), from, to).reaches(), "{from} -> {to}");
        let without = as_written(&scenario, line, Vec::new());
        assert_eq!(stopped_by(&without, from, to), Some(Layer::Ufw), "{from} -> {to}");
    }
}
