//! What nobody can call a mistake: the author decides it, and a reviewer sees it in what is emitted.

use serde_json::json;

use super::{By::Artifacts, Class, Original};

pub(super) fn classes(v15: &Original) -> Vec<Class> {
    let flow = |text: &str| {
        let i = v15.items("flows", |flow| flow == text).remove(0);
        v15.without(&format!("flows[{i}]"))
    };
    vec![
        Class {
            what: "a flow dropped that nothing else names",
            by: Artifacts("a flow is the author's word that it is needed; the firewall closes"),
            mutants: [
                "agent-orchestrator -> kimi-k2",
                "agent-orchestrator -> qwen3-235b",
                "mcp-proxy -> metacognition.http",
                "metacognition -> mcp-proxy.http",
                "letta -> qdrant.http",
                "lan -> deepseek.http",
                "lan -> glm.http",
                "lan -> minimax.http",
            ]
            .map(flow)
            .into(),
        },
        Class {
            what: "an exporter renamed",
            by: Artifacts("nobody names it: its job is called as it is"),
            mutants: vec![v15.renamed("services", "dcgm-exporter")],
        },
        Class {
            what: "another release of an image",
            by: Artifacts("any release may be meant"),
            mutants: ["letta/letta:0.16.7", "letta/letta:0.17.0"]
                .iter()
                .skip(2)
                .map(|image| v15.with("services.letta.image.reference", *image))
                .chain([
                    v15.with("services.grafana.image.reference", "grafana/grafana:13.2.2"),
                    v15.with("cluster.k3s", "v1.36.4+k3s1"),
                ])
                .collect(),
        },
        Class {
            what: "less swap, or in another place",
            by: Artifacts("how much swap is enough, nobody knows"),
            mutants: vec![
                v15.with("hosts.omni.swap.size", "32 GiB"),
                v15.with("hosts.omni.swap.file", "/nvme/swap"),
            ],
        },
        Class {
            what: "a kernel parameter taken out that nobody calls critical",
            by: Artifacts("the author has said which are critical"),
            mutants: ["quiet", "splash", "iommu=pt"]
                .map(|name| v15.without(&format!("hosts.omni.kernel.parameters.{name:?}")))
                .into(),
        },
        Class {
            what: "a zone without its sandbox",
            by: Artifacts("a zone is as trusted as its author says"),
            mutants: vec![v15.with("zones.hands.sandbox", "none")],
        },
        Class {
            what: "an alert that comes later, or is worded otherwise",
            by: Artifacts("how soon somebody wants to know is their business"),
            mutants: vec![
                v15.with("monitoring.alerts.SwapInUse.for", "6min"),
                v15.with("monitoring.alerts.SwapInUse.summary", "Swap"),
                v15.with("monitoring.alerts.SwapInUse.severity", "critical"),
                v15.with("monitoring.alerts.OomKill.when.oom_kill.within", "20min"),
            ],
        },
        Class {
            what: "an early warning taken out",
            by: Artifacts("what it warns of, another alert notices when it has happened"),
            mutants: ["HighMemoryPressure", "SwapInUse", "SwapStorm", "MemoryStalled", "DiskFullSoon"]
                .map(|name| v15.without(&format!("monitoring.alerts.{name}")))
                .into(),
        },
        Class {
            what: "other patience, retention or intervals",
            by: Artifacts("within what the rules demand, any will do"),
            mutants: vec![
                v15.with("monitoring.retention", "15d"),
                v15.with("monitoring.scrape_interval", "30s"),
                v15.with("operations.restart_watch", "5min"),
                v15.with("services.deepseek.inference.within", "10s"),
                v15.with("services.deepseek.probes.readiness.period", "15s"),
            ],
        },
        Class {
            what: "another port that nobody else has",
            by: Artifacts("what the service listens on, its own settings say, and they follow"),
            mutants: vec![
                v15.with("services.letta.ports.http", "8284:8283"),
                v15.with("services.mem0.ports.http", "8051:8000"),
                v15.with("services.agent-orchestrator.ports.http", "8088"),
            ],
        },
        Class {
            what: "more of what there is enough of",
            by: Artifacts("it fits"),
            mutants: vec![
                v15.with("hosts.omni.ram.capacity", "512 GiB"),
                v15.with("hosts.omni.storage.capacity", "2 TiB"),
                v15.with("services.letta.memory_limit", "1 GiB"),
                v15.with("services.letta.cpus", 8),
            ],
        },
        Class {
            what: "other words",
            by: Artifacts("the runbook says them"),
            mutants: vec![
                v15.with("version", "15.1"),
                v15.with("zones.brain.title", "Zone Alpha"),
                v15.with("authorization.word", "GO"),
                v15.with("notes[3].rows[0][3]", "because"),
                v15.with("apis.kimi-k2.title", "Kimi"),
                v15.with("services.letta.env", json!({"LETTA_DEBUG": "false"})),
            ],
        },
    ]
}
