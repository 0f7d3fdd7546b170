//! Flows, ports, addresses, openings.

use serde_json::json;

use super::{By::Rules, Class, Mutant, Original};
use crate::leaves;

pub(super) fn classes(v15: &Original) -> Vec<Class> {
    let flow = |is: &dyn Fn(&str, &str) -> bool| -> Vec<Mutant> {
        let said = |flow: &serde_json::Value| {
            flow.as_str().unwrap().split_once(" -> ").is_some_and(|(from, to)| is(from, to))
        };
        let without = |i| {
            let path = format!("flows[{i}]");
            Mutant { what: format!("without the flow {}", v15.text(&path)), ..v15.without(&path) }
        };
        v15.items("flows", said).into_iter().map(without).collect()
    };
    let another = |flow: &str| {
        let mut tree = v15.0.clone();
        tree["flows"].as_array_mut().unwrap().push(json!(flow));
        Mutant { what: format!("with the flow {flow}"), tree }
    };
    // The service that asks is told where the other one is.
    let told = |from: &str, to: &str| {
        v15.get(&format!("services.{from}.env")).is_some_and(|env| env.to_string().contains(to))
    };
    let dashboards = v15.get("monitoring.dashboards").unwrap();
    let port = |name: &str, mapping: &str| {
        let first = v15.keys(&format!("services.{name}.ports")).remove(0);
        v15.with(&format!("services.{name}.ports.{first}"), mapping)
    };
    let subnet = |cidr: &str| v15.with("network", json!({"bridge": "omni0", "subnet": cidr}));
    let bridged = v15.services(|service| service.get("host_network").is_none() && service["zone"] != "hands");
    let on_host = v15.services(|service| service.get("host_network").is_some());
    vec![
        Class {
            what: "a flow dropped to a service whose endpoint is told",
            by: Rules(&["F006"]),
            mutants: flow(&told),
        },
        Class {
            what: "a flow dropped to a dashboard",
            by: Rules(&["F005"]),
            mutants: flow(&|from, to| from == "lan" && dashboards.to_string().contains(&format!("{to:?}"))),
        },
        Class {
            what: "a flow turned round",
            by: Rules(&["D005"]),
            mutants: v15
                .items("flows", |flow| flow.as_str().unwrap().contains('.'))
                .into_iter()
                .take(12)
                .map(|i| {
                    let path = format!("flows[{i}]");
                    let text = v15.text(&path);
                    let (from, to) = text.split_once(" -> ").unwrap();
                    v15.with(&path, format!("{to} -> {from}"))
                })
                .collect(),
        },
        Class {
            what: "a flow to a port that is not there",
            by: Rules(&["R001"]),
            mutants: [
                "letta -> qdrant.grpc",
                "letta -> qdrnt.http",
                "lan -> deepseek.api",
                "agents -> letta.http",
            ]
            .map(another)
            .into(),
        },
        Class {
            what: "a flow to a pod from outside its cluster",
            by: Rules(&["F001"]),
            mutants: [
                "lan -> agent-orchestrator.http",
                "letta -> metacognition.http",
                "grafana -> mcp-proxy.http",
            ]
            .map(another)
            .into(),
        },
        Class {
            what: "a port that another container publishes",
            by: Rules(&["N001"]),
            mutants: bridged
                .iter()
                // Those that only their own host needs are published on its loopback address.
                .filter(|name| {
                    !["grafana", "alertmanager", "dcgm-exporter", "blackbox-exporter", "cadvisor"]
                        .contains(&name.as_str())
                })
                .map(|name| {
                    let first = v15.keys(&format!("services.{name}.ports")).remove(0);
                    let own = v15.text(&format!("services.{name}.ports.{first}"));
                    port(name, &format!("3000:{}", own.split(':').next_back().unwrap()))
                })
                .collect(),
        },
        Class {
            what: "a port of sshd, of Kubernetes, or kept free for an API",
            by: Rules(&["N001"]),
            mutants: [22, 6443, 10250, 8001, 8004].map(|number| port("deepseek", &number.to_string())).into(),
        },
        Class {
            what: "a port of another service on the host's network",
            by: Rules(&["N001"]),
            mutants: vec![
                port("node-exporter", "8000"),
                port("deepseek", "9100"),
                port("kube-state-metrics", "9100"),
                v15.with("services.kube-state-metrics.ports.telemetry", "9101"),
            ],
        },
        Class {
            what: "another port than the container's, on the host's network",
            by: Rules(&["N004"]),
            mutants: on_host.iter().map(|name| port(name, "18000:18001")).collect(),
        },
        Class {
            what: "networks with addresses in common",
            by: Rules(&["N002"]),
            mutants: vec![
                v15.with("cluster.pod_cidr", "192.168.0.0/16"),
                v15.with("cluster.pod_cidr", "10.43.0.0/16"),
                v15.with("cluster.pod_cidr", "172.30.0.0/16"),
                v15.with("cluster.service_cidr", "10.42.128.0/17"),
                v15.with("cluster.service_cidr", "10.0.0.0/8"),
                subnet("192.168.3.0/24"),
                subnet("10.42.7.0/24"),
                subnet("172.17.0.0/24"),
            ],
        },
        Class {
            what: "an address that is not the host's to have",
            by: Rules(&["N002"]),
            mutants: ["192.168.4.10", "192.168.3.0", "192.168.3.255", "10.0.0.10"]
                .map(|address| v15.with("hosts.omni.address", address))
                .into(),
        },
        Class {
            what: "a network too small for the containers",
            by: Rules(&["N003"]),
            mutants: ["172.30.0.0/28", "172.30.0.0/29", "172.30.0.0/30"].map(subnet).into(),
        },
        Class {
            what: "an operator locked out",
            by: Rules(&["F008"]),
            mutants: ["10.99.0.0/16", "pods", "services"]
                .map(|from| v15.with("hosts.omni.openings[0].from", from))
                .into(),
        },
        Class {
            what: "an opening for everybody and everything",
            by: Rules(&["F003"]),
            mutants: vec![
                v15.without("hosts.omni.openings[5].from"),
                v15.with("hosts.omni.openings[5].from", "lan"),
                v15.with("hosts.omni.openings[4].to", "any"),
            ],
        },
        Class {
            what: "IPv6 let in, which no NetworkPolicy of the pods' governs",
            by: Rules(&["F010"]),
            mutants: vec![v15.with("hosts.omni.ipv6", "allow")],
        },
        Class {
            what: "an opening that serves nothing",
            by: Rules(&["F004"]),
            mutants: ["8050/tcp", "7000:7100/tcp", "53/udp", "qdrant.http", "memgraph.bolt"]
                .map(|to| {
                    let mut tree = v15.0.clone();
                    let openings = leaves::at(&mut tree, &"hosts.omni.openings".parse().unwrap());
                    openings.as_array_mut().unwrap().push(json!({"to": to, "purpose": "Just in case"}));
                    Mutant { what: format!("with an opening to {to}"), tree }
                })
                .into(),
        },
        Class {
            what: "an opening dropped whose hazard is accepted",
            by: Rules(&["A001"]),
            mutants: [1, 2, 3, 4, 6].map(|i| v15.without(&format!("hosts.omni.openings[{i}]"))).into(),
        },
        Class {
            what: "a policy for a zone without pods, or for more than the flows need",
            by: Rules(&["F003", "F007"]),
            mutants: vec![
                v15.with("network_policies.zone-b-egress.zone", "brain"),
                v15.with("network_policies.zone-b-egress.zone", "memory"),
                v15.with("network_policies.more", json!({"zone": "hands", "egress": ["grafana.http"]})),
                v15.with("network_policies.more", json!({"zone": "hands", "egress": ["internet"]})),
            ],
        },
        Class {
            what: "an endpoint on the container's own loopback address",
            by: Rules(&["W022"]),
            mutants: v15
                .keys("services.agent-orchestrator.env")
                .iter()
                .map(|name| {
                    v15.with(&format!("services.agent-orchestrator.env.{name}"), "http://localhost:8000")
                })
                .collect(),
        },
        Class {
            what: "an endpoint of a service that no flow leads to",
            by: Rules(&["F006"]),
            mutants: [
                ("mcp-proxy", "letta.http"),
                ("metacognition", "qdrant.http"),
                ("letta", "memgraph.bolt"),
                ("mem0", "letta.http"),
                ("grafana", "phoenix.http"),
            ]
            .map(|(name, to)| v15.with(&format!("services.{name}.env.ELSEWHERE"), format!("http://{{{to}}}")))
            .into(),
        },
        Class {
            what: "an endpoint of a service that waits",
            by: Rules(&["W013"]),
            mutants: ["agent-orchestrator", "metacognition"]
                .iter()
                .flat_map(|name| {
                    ["glm", "minimax"].map(|to| {
                        v15.with(
                            &format!("services.{name}.env.INFERENCE_ENDPOINT"),
                            format!("http://{{{to}.http}}"),
                        )
                    })
                })
                .collect(),
        },
    ]
}
