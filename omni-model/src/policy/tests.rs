use serde_json::{Value, json};

use super::{FilterRule, NetworkPolicy, OriginKind, Peers, Ufw, UfwRule};
use crate::{
    Deployment,
    testing::{deployment, flows, scenario},
};

fn ufw(deployment: &Deployment, option: &str, host: &str) -> Ufw {
    let (name, host) = deployment.hosts.get_key_value(host).unwrap();
    scenario(deployment, option).ufw(name, host)
}

fn ufw_lines(deployment: &Deployment, option: &str, host: &str) -> Vec<String> {
    ufw(deployment, option, host).rules.iter().map(ToString::to_string).collect()
}

/// What the flows add to DOCKER-USER.
fn docker_user(deployment: &Deployment, option: &str, host: &str) -> Vec<String> {
    let (name, host) = deployment.hosts.get_key_value(host).unwrap();
    let chain = scenario(deployment, option).docker_user(name, host);
    let flow = |rule: &&FilterRule| rule.origins.iter().any(|origin| origin.kind == OriginKind::Flow);
    chain.rules.iter().filter(flow).map(ToString::to_string).collect()
}

fn policy(deployment: &Deployment, name: &str) -> Option<NetworkPolicy> {
    scenario(deployment, "k3s").network_policies().into_iter().find(|policy| policy.name == name)
}

#[test]
fn ssh_comes_first_and_the_author_s_lines_keep_their_order() {
    let deployment = deployment(|document| {
        document["hosts"]["one"]["openings"] = json!([
            {"to": "8000:8100/tcp", "purpose": "Inference"},
            {"to": "ssh", "purpose": "SSH"},
            {"to": "watch.http", "purpose": "Watch"},
            {"to": "llm.http", "from": "lan", "purpose": "LLM"},
            {"to": "any", "from": "pods", "purpose": "Pods"},
            {"to": "any", "from": "services", "purpose": "Services"},
            {"to": "53/udp", "from": "10.1.0.0/16", "purpose": "Names"},
        ]);
    });
    let mut expected = vec![
        "allow ssh",
        "allow 8000:8100/tcp",
        "allow 9090/tcp",
        "allow from 192.168.3.0/24 to any port 8000 proto tcp",
        "allow from 10.42.0.0/16 to any",
        "allow from 10.43.0.0/16 to any",
        "allow from 10.1.0.0/16 to any port 53 proto udp",
    ];
    let k3s = ufw(&deployment, "k3s", "one");
    assert_eq!(k3s.rules.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    assert_eq!(k3s.rules[0].shown(), "allow 22/tcp");
    assert_eq!(k3s.rules[4].shown(), "allow from 10.42.0.0/16");
    let any = UfwRule { from: None, ..k3s.rules[4].clone() };
    assert_eq!(any.shown(), "allow to any");
    assert_eq!(k3s.rules[1].origins[0].path.to_string(), "hosts.one.openings[0]");
    // Without a cluster there are no pods to open anything for.
    expected.drain(4..6);
    assert_eq!(ufw_lines(&deployment, "compose", "one"), expected);
}

#[test]
fn ssh_is_allowed_though_nobody_wrote_it() {
    let deployment = deployment(|document| document["hosts"]["one"]["ssh_port"] = json!("2222"));
    let ufw = ufw(&deployment, "compose", "one");
    assert_eq!(ufw.rules.iter().map(ToString::to_string).collect::<Vec<_>>(), ["allow 2222/tcp"]);
    assert_eq!(ufw.rules[0].origins[0].kind, OriginKind::Needed);
}

#[test]
fn a_flow_to_the_host_s_network_gets_a_line_for_its_source_alone() {
    let flows = flows(&[
        "watch -> llm.http",
        "agent -> llm.http",
        "operator -> llm.http",
        "far -> llm.http",
        "one -> llm.http",
    ]);
    let line = |interface: &str, from: &str| {
        format!("allow in on {interface} from {from} to 192.168.3.10 port 8000 proto tcp")
    };
    let outside = ["192.168.3.7", "192.168.3.8", "192.168.3.11"].map(|from| line("eno1", from));
    let watch = line("omni0", "172.30.0.14");
    let compose =
        [&["allow ssh".to_owned(), watch.clone(), line("omni0", "172.30.0.11")], &outside[..]].concat();
    assert_eq!(ufw_lines(&flows, "compose", "one"), compose);
    let pods = "allow from 10.42.0.0/16 to 192.168.3.10 port 8000 proto tcp".to_owned();
    let needed =
        ["6443", "10250"].map(|port| format!("allow from 10.42.0.0/16 to any port {port} proto tcp"));
    let k3s = [&["allow ssh".to_owned(), watch, pods], &outside[..], &needed[..]].concat();
    assert_eq!(ufw_lines(&flows, "k3s", "one"), k3s);
    assert_eq!(ufw_lines(&flows, "k3s", "two"), ["allow ssh"]);
}

#[test]
fn what_an_opening_gives_gets_no_line_of_its_own() {
    let deployment = deployment(|document| {
        document["flows"] = json!(["watch -> llm.http", "lan -> llm.http"]);
        document["hosts"]["one"]["openings"] = json!([{"to": "8000:8100/tcp", "purpose": "Inference"}]);
    });
    assert_eq!(ufw_lines(&deployment, "compose", "one"), ["allow ssh", "allow 8000:8100/tcp"]);
}

#[test]
fn a_rule_covers_what_is_narrower() {
    let rule = |opening: Value| {
        let deployment = deployment(|document| document["hosts"]["one"]["openings"] = json!([opening]));
        ufw(&deployment, "compose", "one").rules[1].clone()
    };
    let opening = |to: &str, from: &str| rule(json!({"to": to, "from": from, "purpose": "x"}));
    let range = opening("8000:8100/tcp", "anywhere");
    for (to, from, covered) in [
        ("8000/tcp", "lan", true),
        ("8100/tcp", "10.0.0.0/8", true),
        ("8050:8100/tcp", "anywhere", true),
        ("8101/tcp", "lan", false),
        ("7999:8001/tcp", "lan", false),
        ("8000/udp", "lan", false),
        ("any", "lan", false),
    ] {
        assert_eq!(range.covers(&opening(to, from)), covered, "{to} {from}");
    }
    let lan = opening("any", "lan");
    assert!(lan.covers(&opening("1/udp", "192.168.3.0/25")));
    assert!(!lan.covers(&opening("1/udp", "192.168.0.0/16")) && !lan.covers(&range));
}

#[test]
fn containers_reach_each_other_by_their_addresses_and_others_by_the_published_port() {
    let flows =
        flows(&["agent -> store.http", "lan -> store.http", "far -> store.http", "one -> store.http"]);
    let published = |from: &str| {
        let conntrack = "-m conntrack --ctorigdst 192.168.3.10 --ctorigdstport 8050";
        format!("-s {from} -d 172.30.0.13/32 -i eno1 -p tcp {conntrack} -m tcp --dport 6333 -j ACCEPT")
    };
    let outside = [published("192.168.3.0/24"), published("192.168.3.11/32")];
    let agent = "-s 172.30.0.11/32 -d 172.30.0.13/32 -i omni0 -o omni0 -p tcp -m tcp --dport 6333 -j ACCEPT";
    assert_eq!(docker_user(&flows, "compose", "one"), [&[agent.to_owned()], &outside[..]].concat());
    let pods = published("10.42.0.0/16").replace(" -i eno1", "");
    assert_eq!(docker_user(&flows, "k3s", "one"), [&[pods], &outside[..]].concat());
    // On its own host, the sender may leave for that port of the other.
    let leaves = "-s 172.30.0.15/32 -d 192.168.3.10/32 -i omni0 -o eno1 -p tcp -m tcp --dport 8050 -j ACCEPT";
    assert_eq!(docker_user(&flows, "compose", "two"), [leaves]);
}

#[test]
fn the_internet_is_neither_the_lan_nor_another_container() {
    let deployment = flows(&["watch -> api", "store -> internet"]);
    let (name, host) = deployment.hosts.first().unwrap();
    let rules: Vec<_> = scenario(&deployment, "compose")
        .docker_user(name, host)
        .rules
        .iter()
        .map(ToString::to_string)
        .collect();
    let at = |rule: &str| {
        rules.iter().position(|line| line == rule).unwrap_or_else(|| panic!("{rule} in {rules:#?}"))
    };
    let lan = at("-d 192.168.0.0/16 -i omni0 -j DROP");
    for address in ["172.30.0.14/32", "172.30.0.13/32"] {
        assert!(at(&format!("-s {address} -i omni0 -o eno1 -p udp -m udp --dport 53 -j ACCEPT")) < lan);
        assert!(at(&format!("-s {address} -i omni0 -o eno1 -p tcp -m tcp --dport 443 -j ACCEPT")) > lan);
    }
    assert_eq!(rules[0], "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    assert_eq!(rules[rules.len() - 3..], ["-i omni0 -j DROP", "-o omni0 -j DROP", "-i eno1 -j DROP"]);
}

#[test]
fn a_machine_in_the_lan_is_reached_at_its_address_alone() {
    let mut deployment = flows(&["watch -> api"]);
    deployment.apis[0].address = Some("192.168.3.20".parse().unwrap());
    let (name, host) = deployment.hosts.first().unwrap();
    let rules = scenario(&deployment, "compose").docker_user(name, host).rules;
    let rules: Vec<_> = rules.iter().map(ToString::to_string).collect();
    let expected =
        "-s 172.30.0.14/32 -d 192.168.3.20/32 -i omni0 -o eno1 -p tcp -m tcp --dport 443 -j ACCEPT";
    assert!(rules.iter().any(|rule| rule == expected), "{rules:#?}");
    assert!(!rules.iter().any(|rule| rule.contains("192.168.0.0/16")), "{rules:#?}");
}

#[test]
fn what_nobody_declares_is_dropped_by_ipv6_too() {
    let deployment = flows(&[]);
    let (name, host) = deployment.hosts.first().unwrap();
    let chain = scenario(&deployment, "compose").docker_user(name, host);
    assert_eq!(chain.rules[1..], chain.rules6[..]);
    assert_eq!(chain.rules6.len(), 3);
}

#[test]
fn a_namespace_denies_everything_but_names_before_anything_is_allowed() {
    let deployment = flows(&[]);
    let policies = scenario(&deployment, "k3s").network_policies();
    let names: Vec<_> =
        policies.iter().map(|policy| format!("{}/{}", policy.namespace, policy.name)).collect();
    assert_eq!(names, ["brain/default-deny", "brain/allow-dns", "agents/default-deny", "agents/allow-dns"]);
    let deny = &policies[0];
    assert_eq!((deny.ingress.as_deref(), deny.egress.as_deref()), (Some(&[][..]), Some(&[][..])));
    assert!(scenario(&deployment, "compose").network_policies().is_empty());
}

#[test]
fn a_pod_may_do_what_its_flows_say_by_both_addresses_of_a_container() {
    let deployment =
        flows(&["agent -> llm.http", "agent -> store.http", "agent -> tool.http", "agent -> api"]);
    let shown = |rules: Option<Vec<super::PolicyRule>>| {
        let rule = |rule: super::PolicyRule| {
            let peers = match rule.peers {
                Peers::Network(cidr, except) => format!("{cidr} but {}", except.len()),
                Peers::Service(namespace, service) => format!("{namespace}/{service}"),
                Peers::Dns => "dns".to_owned(),
            };
            let ports = rule.ports.iter().map(|(port, _)| format!(" {port}")).collect::<String>();
            peers + ":" + &ports
        };
        rules.map(|rules| rules.into_iter().map(rule).collect::<Vec<_>>()).unwrap_or_default()
    };
    let agent = policy(&deployment, "agent").unwrap();
    assert_eq!(
        shown(agent.egress),
        [
            "192.168.3.10/32 but 0: 8000 8050",
            "172.30.0.13/32 but 0: 6333",
            "agents/tool: 8070",
            "0.0.0.0/0 but 6: 443"
        ]
    );
    assert_eq!(agent.ingress, None);
    let tool = policy(&deployment, "tool").unwrap();
    assert_eq!((shown(tool.ingress), tool.egress), (vec!["agents/agent: 8070".to_owned()], None));
    // None governs a pod in the host's network.
    assert_eq!(policy(&deployment, "llm"), None);
}

#[test]
fn the_author_s_policy_keeps_its_name_and_its_zone() {
    let deployment = deployment(|document| {
        document["network_policies"] =
            json!({"zone-b-egress": {"zone": "hands", "egress": ["llm.http", "store.http", "far.http"]}});
    });
    let policy = policy(&deployment, "zone-b-egress").unwrap();
    let hands = [("zone".parse().unwrap(), "hands".parse().unwrap())].into_iter().collect();
    assert_eq!(policy.pods, super::PodSelector::Labels(hands));
    assert_eq!(policy.ingress, None);
    let egress = policy.egress.unwrap();
    let host = Peers::Network("192.168.3.10/32".parse().unwrap(), Vec::new());
    assert_eq!(egress[0].peers, host);
    assert_eq!(egress[0].ports.iter().map(|(port, _)| port.get()).collect::<Vec<_>>(), [8000, 8050]);
    assert_eq!(egress[0].origins[1].path.to_string(), "network_policies.zone-b-egress.egress[1]");
}
