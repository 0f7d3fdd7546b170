use super::{Cell, Declared, Destination, Layer, Matrix, Source, Verdict, World};
use crate::{
    Deployment, Scenario,
    testing::{deployment, flows, scenario},
};

const FLOWS: [&str; 8] = [
    "watch -> llm.http",
    "agent -> llm.http",
    "agent -> store.http",
    "agent -> tool.http",
    "far -> store.http",
    "lan -> store.http",
    "agent -> api",
    "operator -> llm.http",
];

fn source<'a>(world: &World<'a>, name: &str) -> Source<'a> {
    world.sources().into_iter().find(|source| source.to_string() == name).unwrap()
}

fn destination<'a>(world: &World<'a>, name: &str) -> Destination<'a> {
    world.destinations().into_iter().find(|destination| destination.to_string() == name).unwrap()
}

fn verdict<'w, 'a>(world: &'w World<'a>, from: &str, to: &str) -> Verdict<'w> {
    world.verdict(source(world, from), destination(world, to)).unwrap()
}

/// Returns the layer that stops a connection.
fn stopped_by(scenario: &Scenario<'_>, from: &str, to: &str) -> Option<Layer> {
    verdict(&World::of(scenario), from, to).stopped().map(|hop| hop.layer)
}

/// Returns the pairs whose cell is `kind`, written as flows.
fn pairs(deployment: &Deployment, option: &str, kind: Cell) -> Vec<String> {
    let scenario = scenario(deployment, option);
    let matrix = Matrix::of(&World::of(&scenario), &Declared::of(&scenario));
    let inside = |from: &Source<'_>| !matches!(from, Source::Host(..));
    let cells = matrix.cells().filter(|(from, _, cell)| *cell == kind && inside(from));
    cells.map(|(from, to, _)| format!("{from} -> {to}")).collect()
}

#[test]
fn what_is_declared_reaches_in_both_options() {
    let flows = flows(&FLOWS);
    for option in ["compose", "k3s"] {
        assert_eq!(pairs(&flows, option, Cell::Blocked), [""; 0], "{option}");
        let declared = pairs(&flows, option, Cell::Declared);
        for flow in FLOWS {
            let flow = flow.replace("api", "internet:443");
            assert!(declared.contains(&flow), "{flow} in {declared:?}");
        }
    }
}

#[test]
fn what_is_not_declared_does_not_reach_but_for_ssh_and_the_host_s_network() {
    let flows = flows(&FLOWS);
    for option in ["compose", "k3s"] {
        let undeclared = pairs(&flows, option, Cell::Undeclared);
        let others: Vec<_> = undeclared
            .iter()
            .filter(|pair| !pair.starts_with("llm -> ") && !pair.ends_with(".ssh"))
            .collect();
        assert_eq!(others, [""; 0], "{option}");
    }
}

#[test]
fn the_lan_is_the_operator_s_for_each_host_that_names_none() {
    let deployment = deployment(|document| {
        document["flows"] = serde_json::json!(["operator -> far.http", "operator -> store.http"]);
        document["hosts"]["two"]["lan"]["operators"] = serde_json::json!([]);
    });
    let compose = scenario(&deployment, "compose");
    let (world, declared) = (World::of(&compose), Declared::of(&compose));
    for (to, lan) in [("far.http", true), ("store.http", false), ("two.ssh", true), ("one.ssh", false)] {
        let to = destination(&world, to);
        assert!(declared.allows(Source::Operator, to), "{to}");
        assert_eq!(declared.allows(Source::Lan, to), lan, "{to}");
    }
    let undeclared = pairs(&deployment, "compose", Cell::Undeclared);
    assert!(!undeclared.contains(&"lan -> far.http".to_owned()), "{undeclared:?}");
}

#[test]
fn each_layer_stops_what_it_is_there_to_stop() {
    let flows = flows(&FLOWS);
    let compose = scenario(&flows, "compose");
    let k3s = scenario(&flows, "k3s");
    for (scenario, from, to, layer) in [
        (&compose, "tool", "store.http", Layer::DockerUser),
        (&compose, "lan", "watch.http", Layer::Loopback),
        (&compose, "store", "llm.http", Layer::Ufw),
        (&compose, "lan", "llm.http", Layer::Ufw),
        (&compose, "internet", "store.http", Layer::DockerUser),
        (&compose, "tool", "internet:443", Layer::DockerUser),
        (&compose, "tool", "far.http", Layer::Loopback),
        (&k3s, "tool", "store.http", Layer::Egress),
        (&k3s, "tool", "internet:443", Layer::Egress),
        (&k3s, "watch", "agent.http", Layer::Ingress),
        (&k3s, "lan", "agent.http", Layer::Ingress),
        (&k3s, "internet", "agent.http", Layer::Routing),
        (&k3s, "far", "agent.http", Layer::Routing),
    ] {
        let option = scenario.option();
        assert_eq!(stopped_by(scenario, from, to), Some(layer), "{from} -> {to} in {option}");
    }
}

#[test]
fn docker_guards_a_container_s_own_address_and_loopback_since_28() {
    for (release, guards) in [("27", false), ("28", true)] {
        let deployment = deployment(|document| {
            document["flows"] = serde_json::json!(FLOWS);
            document["hosts"]["one"]["docker"] = serde_json::json!(release);
        });
        // The hops to a container's own address (`store.http`) and to a loopback address (`watch.http`).
        let hops = |option: &str, from: &str, to: &str, address: &str| {
            let scenario = scenario(&deployment, option);
            let world = World::of(&scenario);
            let verdicts = world.verdicts(source(&world, from), destination(&world, to));
            let verdict = verdicts.into_iter().find(|it| it.attempt.address.to_string() == address).unwrap();
            let layers = verdict.hops.iter().map(|hop| hop.layer).collect::<Vec<_>>();
            (verdict.reaches(), layers)
        };
        let guard = (false, vec![Layer::Guard]);
        // The policy controller of k3s accepts the packet, which DOCKER-USER would drop. The guard comes
        // before both.
        let pod = (true, vec![Layer::Egress, Layer::DockerUser]);
        let wanted = if guards { guard.clone() } else { pod };
        assert_eq!(hops("k3s", "agent", "store.http", "172.30.0.13"), wanted, "{release}");
        let lan = (false, vec![Layer::DockerUser]);
        let wanted = if guards { guard } else { lan };
        assert_eq!(hops("compose", "lan", "store.http", "172.30.0.13"), wanted, "{release}");
        // Containers of the same network reach each other in every Docker release.
        let neighbour = (true, vec![Layer::DockerUser]);
        assert_eq!(hops("compose", "agent", "store.http", "172.30.0.13"), neighbour, "{release}");
        let neighbour = (false, vec![Layer::Publication, Layer::DockerUser]);
        let wanted = if guards { (false, vec![Layer::Loopback]) } else { neighbour };
        assert_eq!(hops("compose", "lan", "watch.http", "127.0.0.1"), wanted, "{release}");
    }
}

#[test]
fn a_verdict_names_the_lines_that_let_it_through() {
    let flows = flows(&FLOWS);
    let k3s = scenario(&flows, "k3s");
    let world = World::of(&k3s);
    let verdict = verdict(&world, "agent", "store.http");
    let hops: Vec<_> = verdict.hops.iter().map(|hop| (hop.layer, hop.passes, hop.asked)).collect();
    // The policy controller of k3s accepts the packet for good. DOCKER-USER would accept it as well.
    let expected =
        [(Layer::Egress, true, true), (Layer::Publication, true, true), (Layer::DockerUser, true, false)];
    assert_eq!(hops, expected);
    assert_eq!(verdict.hops[0].lines[0].to_string(), "agents/agent");
    assert_eq!(verdict.hops[0].lines[0].origins()[0].path.to_string(), "flows[2]");
    let packet = "tcp 10.42.0.1 -> 192.168.3.10:8050, in cni0, then 172.30.0.13:6333, out omni0";
    assert_eq!(verdict.packet.unwrap().to_string(), packet);
}

#[test]
fn an_opening_lets_containers_knock_at_published_ports_through_docker_s_proxy() {
    let deployment = deployment(|document| {
        document["flows"] = serde_json::json!(["lan -> store.http"]);
        document["hosts"]["one"]["openings"] = serde_json::json!([{"to": "8050/tcp", "purpose": "x"}]);
    });
    let compose = scenario(&deployment, "compose");
    let world = World::of(&compose);
    let verdict = verdict(&world, "watch", "store.http");
    assert!(verdict.reaches());
    assert_eq!(verdict.hops.iter().map(|hop| hop.layer).collect::<Vec<_>>(), [Layer::Ufw, Layer::Proxy]);
    assert!(verdict.hops[0].lines[0].is_authored());
}

#[test]
fn ipv6_reaches_what_is_open_to_everybody_and_only_where_it_is_allowed() {
    let change = |ipv6: &str| {
        deployment(|document| {
            document["hosts"]["one"]["ipv6"] = serde_json::json!(ipv6);
            document["hosts"]["one"]["openings"] = serde_json::json!([
                {"to": "llm.http", "from": "lan", "purpose": "x"},
                {"to": "ssh", "purpose": "x"},
            ]);
        })
    };
    for (ipv6, ssh) in [("allow", true), ("deny", false)] {
        let deployment = change(ipv6);
        let compose = scenario(&deployment, "compose");
        let world = World::of(&compose);
        let reaches = |to| world.reaches_by_ipv6(Source::Lan, destination(&world, to));
        assert_eq!((reaches("one.ssh"), reaches("llm.http"), reaches("store.http")), (ssh, false, false));
        // No policy applies to the bridge between a pod and its node.
        let k3s = scenario(&deployment, "k3s");
        let world = World::of(&k3s);
        let tool = |to| world.reaches_by_ipv6(source(&world, "tool"), destination(&world, to));
        assert_eq!((tool("one.ssh"), tool("two.ssh"), tool("llm.http")), (ssh, false, false));
    }
}

#[test]
fn each_cell_is_what_its_verdict_says() {
    let deployment = deployment(|document| {
        document["flows"] = serde_json::json!(FLOWS);
        document["flows"].as_array_mut().unwrap().push(serde_json::json!("lan -> agent.http"));
        document["network_policies"] =
            serde_json::json!({"more": {"zone": "hands", "egress": ["far.http", "internet"]}});
        document["hosts"]["one"]["openings"] = serde_json::json!([
            {"to": "8050/tcp", "from": "172.30.0.12/30", "purpose": "a part of the containers"},
            {"to": "ssh", "from": "172.30.0.14/32", "purpose": "one of them"},
            {"to": "any", "from": "pods", "purpose": "x"},
            {"to": "llm.http", "from": "192.168.3.128/25", "purpose": "a part of the LAN"},
        ]);
    });
    for option in ["compose", "k3s"] {
        let scenario = scenario(&deployment, option);
        let (world, declared) = (scenario.world(), scenario.declared());
        for (from, to, cell) in Matrix::of(world, declared).cells() {
            let reaches = world.verdict(from, to).map(|verdict| verdict.reaches());
            let plain = match (reaches, declared.allows(from, to)) {
                (None, _) => Cell::Nothing,
                (Some(true), true) => Cell::Declared,
                (Some(true), false) => Cell::Undeclared,
                (Some(false), _) if declared.needs(from, to).is_some() => Cell::Blocked,
                (Some(false), _) => Cell::Closed,
            };
            assert_eq!(cell, plain, "{from} -> {to} in {option}");
        }
    }
}
