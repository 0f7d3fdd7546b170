//! W001 at options.k3s.kubernetes
#![deny(warnings)]

omni::deployment! {
    pub fn laboratory;

    name: laboratory,
    version: "1.0",
    hosts: {
        box: {
            address: "192.168.1.10",
            lan: { interface: eth0, cidr: "192.168.1.0/24" },
            ram: { capacity: 128 GiB, ceiling: 94%, reserve: 24 GiB },
            gpus: { gpu0: { model: "NVIDIA GeForce RTX 5090", vram: 32 GiB } },
            root: { capacity: 250 GB, reserve: 100 GB },
            storage: {
                mount: "/data",
                capacity: 1 TB,
                models: models,
                directories: {
                    models: { owner: root, size: 200 GB },
                    vectors: { owner: "1000:1000", size: 100 GB },
                    metrics: { owner: "65534:65534", size: 50 GB },
                },
            },
            swap: { file: "/data/swapfile", size: 32 GiB },
        },
    },
    zones: {
        brain: { title: Brain, pod_security: privileged },
        hands: { title: Hands, sandbox: gvisor, pod_security: restricted },
        care: { title: Care },
    },
    stacks: { box: {} },
    services: {
        model: {
            zone: brain,
            stack: box,
            image: { reference: "ollama/ollama:0.32.15" },
            volumes: { "/root/.ollama": { data: models } },
            ports: { http: 11434 },
            memory: { weights: 40 GiB },
            memory_limit: 48 GiB,
            vram: { gpu0: 28 GiB },
            load_time: 5min,
            health: { command: [ollama, ps] },
        },
        fallback: {
            zone: brain,
            stack: box,
            state: { standby: { replaces: [model] } },
            image: { reference: "ollama/ollama:0.32.15" },
            volumes: { "/root/.ollama": { data: models } },
            ports: { http: 11435 },
            memory: { weights: 16 GiB },
            memory_limit: 20 GiB,
            health: { command: [ollama, ps] },
        },
        agent: {
            zone: hands,
            stack: box,
            image: { reference: "laboratory/agent:1.0", source: local },
            user: "10001:10001",
            env: { MODEL: "http://{model.http}", VECTORS: "http://{vectors.http}" },
            ports: { http: 8080 },
            memory_limit: 4 GiB,
            health: { http: { port: http, path: "/health" } },
        },
        vectors: {
            zone: care,
            stack: box,
            image: { reference: "qdrant/qdrant:v1.19.0-unprivileged" },
            user: "1000:1000",
            volumes: { "/qdrant/storage": { data: vectors } },
            ports: { http: 6333 },
            memory_limit: 8 GiB,
            health: { http: { port: http, path: "/healthz" } },
            metrics: { port: http, exporter: qdrant },
        },
        prometheus: {
            zone: care,
            stack: box,
            image: { reference: "prom/prometheus:v3.14.0" },
            user: "65534:65534",
            volumes: { "/prometheus": { data: metrics } },
            ports: { http: 9090 },
            memory_limit: 4 GiB,
            health: { http: { port: http, path: "/-/healthy" } },
            metrics: { port: http, exporter: prometheus },
        },
        node-exporter: {
            zone: care,
            stack: box,
            image: { reference: "quay.io/prometheus/node-exporter:v1.12.1" },
            user: "65534:65534",
            args: ["--path.rootfs=/host"],
            volumes: { "/host": { host: "/" } },
            ports: { http: 9100 },
            memory_limit: 128 MiB,
            health: { http: { port: http, path: "/metrics" } },
            metrics: { port: http, exporter: node },
        },
        alertmanager: {
            zone: care,
            stack: box,
            image: { reference: "prom/alertmanager:v0.34.0" },
            user: "65534:65534",
            ports: { http: 9093 },
            memory_limit: 256 MiB,
            health: { http: { port: http, path: "/-/healthy" } },
            metrics: { port: http, exporter: alertmanager },
        },
        dcgm-exporter: {
            zone: care,
            stack: box,
            image: { reference: "nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless" },
            capabilities: [SYS_ADMIN],
            ports: { http: 9400 },
            memory_limit: 512 MiB,
            health: { http: { port: http, path: "/health" } },
            metrics: { port: http, exporter: dcgm },
        },
        prober: {
            zone: care,
            stack: box,
            image: { reference: "prom/blackbox-exporter:v0.28.0" },
            user: "65534:65534",
            ports: { http: 9115 },
            memory_limit: 128 MiB,
            health: { http: { port: http, path: "/-/healthy" } },
            metrics: { port: http, exporter: blackbox },
        },
    },
    secrets: {
        /// Where Alertmanager posts alerts to
        ALERTS: {},
    },
    flows: [
        agent -> model.http,
        agent -> vectors.http,
        operator -> prometheus.http,
        alertmanager -> internet,
    ],
    options: { k3s: { kubernetes: [brain, hands] } },
}

fn main() {
    assert!(laboratory().services.contains_key(laboratory::services::AGENT));
}
