//! What runs, and how it is looked after.

use serde_json::{Value, json};

use super::{By::Rules, Class, Mutant, Original};

pub(super) fn classes(v15: &Original) -> Vec<Class> {
    let all = v15.services(|_| true);
    let agents = v15.services(|service| service["zone"] == "hands");
    let pods = v15.services(|service| service["zone"] == "hands" || service["zone"] == "brain");
    let named = |map: &str, names: &[&str]| -> Vec<Mutant> {
        names.iter().map(|name| v15.renamed(map, name)).collect()
    };
    let flat =
        |mutants: &dyn Fn(&String) -> Vec<Mutant>, names: &[String]| names.iter().flat_map(mutants).collect();
    vec![
        Class {
            what: "a service renamed that others name",
            by: Rules(&["R001"]),
            mutants: all
                .iter()
                // Nobody names the exporters: Prometheus reads what there is.
                .filter(|name| {
                    !["node-exporter", "dcgm-exporter", "kube-state-metrics", "cadvisor"]
                        .contains(&name.as_str())
                })
                .map(|name| v15.renamed("services", name))
                .collect(),
        },
        Class {
            what: "a zone, stack, option, API, model, GPU or host renamed",
            by: Rules(&["R001"]),
            mutants: [
                ("zones", vec!["brain", "hands", "memory", "observability"]),
                ("stacks", vec!["memory", "observability", "omni"]),
                ("options", vec!["k3s"]),
                ("apis", vec!["kimi-k2", "qwen3-235b"]),
                ("models", vec!["deepseek-v3-2", "glm-4-7"]),
                ("hosts.omni.gpus", vec!["gpu0", "gpu1"]),
                ("hosts", vec!["omni"]),
            ]
            .iter()
            .flat_map(|(map, names)| named(map, names))
            .collect(),
        },
        Class {
            what: "a directory renamed that a service or the models need",
            by: Rules(&["R001"]),
            mutants: named(
                "hosts.omni.storage.directories",
                &["models", "mem0", "letta", "memgraph", "qdrant", "prometheus", "grafana", "phoenix"],
            ),
        },
        Class {
            what: "a port renamed that others name",
            by: Rules(&["R001"]),
            mutants: all
                .iter()
                .map(|name| {
                    let map = format!("services.{name}.ports");
                    v15.renamed(&map, &v15.keys(&map)[0])
                })
                .collect(),
        },
        Class {
            what: "a service in `replaces` renamed",
            by: Rules(&["R001"]),
            mutants: [
                "services.glm.state.standby.replaces[0]",
                "services.minimax.state.standby.replaces[0]",
                "services.minimax.state.standby.replaces[1]",
            ]
            .map(|path| v15.with(path, "deepsek"))
            .into(),
        },
        Class {
            what: "a zone, stack, option or model that is not there",
            by: Rules(&["R001"]),
            mutants: flat(
                &|name| {
                    vec![
                        v15.with(&format!("services.{name}.zone"), "brian"),
                        v15.with(&format!("services.{name}.stack"), "omi"),
                    ]
                },
                &all[..6],
            ),
        },
        Class {
            what: "the same name for two things",
            by: Rules(&["R002"]),
            mutants: vec![
                v15.with("zones.grafana", json!({"title": "G"})),
                v15.with("apis.letta", json!({"title": "L"})),
                v15.with("apis.omni", json!({"title": "O"})),
                v15.with("zones.lan", json!({"title": "L"})),
            ],
        },
        Class {
            what: "two zones in one namespace",
            by: Rules(&["R003"]),
            mutants: vec![
                v15.with("zones.hands.namespace", "inference"),
                v15.with("zones.brain.namespace", "agents"),
            ],
        },
        Class {
            what: "Kubernetes without a cluster, or without its device plugin",
            by: Rules(&["W001", "W015"]),
            mutants: vec![v15.without("cluster"), v15.without("cluster.device_plugin")],
        },
        Class {
            what: "a pod that takes some GPUs of its host, and not others",
            by: Rules(&["W002"]),
            mutants: ["deepseek", "minimax"]
                .iter()
                .flat_map(|name| {
                    ["gpu0", "gpu1"].map(|gpu| v15.without(&format!("services.{name}.vram.{gpu}")))
                })
                .collect(),
        },
        Class {
            what: "a restart policy that a Deployment refuses",
            by: Rules(&["W004"]),
            mutants: flat(
                &|name| {
                    ["on_failure", "no"]
                        .map(|policy| v15.with(&format!("services.{name}.restart"), policy))
                        .into()
                },
                &pods,
            ),
        },
        Class {
            what: "a startup probe that gives up while the model loads",
            by: Rules(&["W005"]),
            mutants: vec![
                v15.with("services.deepseek.probes.startup.failures", 39),
                v15.with("services.deepseek.probes.startup.period", "10s"),
                v15.with("services.deepseek.probes.startup.initial_delay", "0s"),
                v15.without("services.deepseek.probes.startup"),
                v15.with("services.deepseek.load_time", "30min"),
                v15.with("services.glm.probes.startup.failures", 20),
                v15.with("services.glm.probes.startup.period", "1s"),
                v15.with("services.glm.load_time", "11min"),
                v15.with("services.minimax.probes.startup.failures", 30),
                v15.with("services.minimax.probes.startup.period", "20s"),
                v15.without("services.minimax.probes.startup"),
            ],
        },
        Class {
            what: "a liveness probe that waits twice",
            by: Rules(&["W006"]),
            mutants: ["glm", "minimax"]
                .map(|name| v15.with(&format!("services.{name}.probes.liveness.initial_delay"), "300s"))
                .into(),
        },
        Class {
            what: "a probe that does not wait for the answer",
            by: Rules(&["W018"]),
            mutants: ["deepseek", "glm"]
                .map(|name| {
                    v15.without(&format!("services.{name}.env.SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION"))
                })
                .into(),
        },
        Class {
            what: "a service that nobody can ask how it is",
            by: Rules(&["W010"]),
            mutants: all.iter().map(|name| v15.without(&format!("services.{name}.health"))).collect(),
        },
        Class {
            what: "probes, and nothing that they could ask",
            by: Rules(&["W012"]),
            mutants: v15
                .services(|service| service.get("probes").is_some())
                .iter()
                .map(|name| v15.without(&format!("services.{name}.health")))
                .collect(),
        },
        Class {
            what: "a health endpoint that the product does not have",
            by: Rules(&["W011"]),
            mutants: v15
                .services(|service| {
                    service["health"].get("http").is_some()
                        && service["image"]["reference"] != "omni/mem0:v2.0.18"
                })
                .iter()
                // Cold storage runs what nobody has chosen yet.
                .filter(|name| *name != "minimax")
                .map(|name| v15.with(&format!("services.{name}.health.http.path"), "/healthcheck"))
                .collect(),
        },
        Class {
            what: "a capability that a restricted zone forbids",
            by: Rules(&["W009"]),
            mutants: flat(
                &|name| {
                    ["SYS_ADMIN", "NET_ADMIN"]
                        .map(|one| v15.with(&format!("services.{name}.capabilities"), vec![one]))
                        .into()
                },
                &agents,
            ),
        },
        Class {
            what: "root, or whom the image says, in a restricted zone",
            by: Rules(&["W009"]),
            mutants: flat(
                &|name| {
                    vec![
                        v15.without(&format!("services.{name}.user")),
                        v15.with(&format!("services.{name}.user"), "0:0"),
                    ]
                },
                &agents,
            ),
        },
        Class {
            what: "the host's network or disk in a restricted zone",
            by: Rules(&["W009"]),
            mutants: flat(
                &|name| {
                    vec![
                        v15.with(&format!("services.{name}.host_network"), true),
                        v15.with(&format!("services.{name}.volumes"), json!({"/data": {"data": "agent"}})),
                    ]
                },
                &agents,
            ),
        },
        Class {
            what: "a stricter zone than its services keep to",
            by: Rules(&["W009"]),
            mutants: ["baseline", "restricted"]
                .map(|level| v15.with("zones.brain.pod_security", level))
                .into(),
        },
        Class {
            what: "a looser zone than its services need",
            by: Rules(&["W023"]),
            mutants: vec![
                v15.with("zones.hands.pod_security", "baseline"),
                v15.with("zones.hands.pod_security", "privileged"),
                v15.without("zones.hands.pod_security"),
            ],
        },
        Class {
            what: "a model asked for by another name than it is served under",
            by: Rules(&["W024"]),
            mutants: vec![
                v15.with("services.deepseek.inference.served_model", "deepseek-v3.1"),
                v15.with("services.deepseek.args[25]", "deepseek"),
            ],
        },
        Class {
            what: "a container or a Deployment of another service's name",
            by: Rules(&["W029"]),
            mutants: vec![
                v15.with("services.glm.container_name", "ktransformers"),
                v15.with("services.deepseek.container_name", "glm"),
                v15.with("services.qdrant.container_name", "memgraph"),
                v15.with("services.minimax.deployment_name", "inference-engine"),
                v15.with("services.deepseek.deployment_name", "minimax"),
            ],
        },
        Class {
            what: "a container's name that Docker or Kubernetes does not accept",
            by: Rules(&["W030"]),
            mutants: vec![
                v15.with("services.deepseek.container_name", "The_Engine"),
                v15.with("services.glm.container_name", "glm.4"),
            ],
        },
        Class {
            what: "SGLang with KTransformers that lacks what it needs",
            by: Rules(&["W031"]),
            mutants: vec![
                v15.with("services.deepseek.args[5]", "{model:deepseek-v3-2}"),
                v15.with("services.deepseek.args[16]", "--cpuinfer"),
                v15.with("services.deepseek.args[17]", "2"),
                v15.with("services.deepseek.args[18]", "--threadpool-count"),
                v15.with("services.deepseek.args[19]", "2"),
                v15.with("services.deepseek.args[20]", "--num-gpu-experts"),
            ],
        },
        Class {
            what: "a model on another number of GPUs than its service has",
            by: Rules(&["W032"]),
            mutants: vec![
                v15.with("services.deepseek.args[7]", "1"),
                v15.with("services.deepseek.args[7]", "4"),
                v15.without("services.deepseek.vram.gpu1"),
            ],
        },
        Class {
            what: "a GPU in a sandbox",
            by: Rules(&["W014"]),
            mutants: flat(
                &|name| vec![v15.with(&format!("services.{name}.vram"), json!({"gpu1": "1 GiB"}))],
                &agents,
            ),
        },
        Class {
            what: "a capability taken out that stepping down from root needs",
            by: Rules(&["W021"]),
            mutants: (0..5).map(|i| v15.without(&format!("services.letta.capabilities[{i}]"))).collect(),
        },
        Class {
            what: "a variable that does something else than people think",
            by: Rules(&["W016"]),
            mutants: vec![
                v15.with("services.deepseek.env.SGLANG_ENABLE_JIT_DEEPGEMM", "1"),
                v15.with("services.deepseek.env.NVIDIA_VISIBLE_DEVICES", "all"),
                v15.with("services.minimax.env.NVIDIA_VISIBLE_DEVICES", "all"),
            ],
        },
        Class {
            what: "a stack that includes itself",
            by: Rules(&["W017"]),
            mutants: vec![
                v15.with("stacks.omni.includes", vec!["omni"]),
                v15.with("stacks.memory.includes", vec!["omni"]),
                v15.with("stacks.observability.includes", vec!["omni"]),
            ],
        },
        Class {
            what: "a part of k3s that is not there, or its DNS, left out",
            by: Rules(&["W019"]),
            mutants: ["coredns", "treafik", "flannel"]
                .map(|name| v15.with("cluster.disable[0]", name))
                .into(),
        },
        Class {
            what: "a value that its type refuses",
            by: Rules(&["D005"]),
            mutants: vec![
                v15.with("hosts.omni.ram.capacity", "384"),
                v15.with("hosts.omni.ram.ceiling", "194%"),
                v15.with("services.deepseek.memory.weights", "281 gigs"),
                v15.with("services.deepseek.ports.http", "80000"),
                v15.with("services.deepseek.probes.startup.period", "-30s"),
                v15.with("services.agent-orchestrator.user", "agent"),
                v15.with("cluster.k3s", "stable"),
                v15.with("cluster.pod_cidr", "10.42.0.0"),
                v15.with("zones.hands.pod_security", "strict"),
                v15.with("flows[0]", "agent-orchestrator => deepseek.http"),
            ],
        },
        Class {
            what: "a key that is missing, or that nobody knows",
            by: Rules(&["D002", "D003"]),
            mutants: [
                "hosts.omni.address",
                "services.letta.image",
                "services.letta.memory_limit",
                "cluster.eviction",
                "monitoring.group",
            ]
            .map(|path| v15.without(path))
            .into_iter()
            .chain(
                ["services.letta.privileged", "services.letta.network_mode", "cluster.eviction.memory_avail"]
                    .map(|path| v15.with(path, Value::Bool(true))),
            )
            .collect(),
        },
    ]
}
