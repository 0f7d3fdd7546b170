//! Protocol OMNI v15.0: a plan for one machine with two GPUs, a model of 671 billion parameters, and agents in a sandbox.
//!
//! `cargo run --example v15 -- emit out/` writes everything that its operator needs.

omni::deployment! {
    /// One box, one model, two zones: inference on bare containers, agents under gVisor, memory and observability beside them
    pub fn v15;

    name: "protocol-omni",
    version: "15.0",
    authorization: {
        word: "TITANIUM-PRIME-GO",
        status: "Pending TITANIUM-PRIME-GO confirmation",
    },
    corrections: [
        {
            issue: "GRUB Regression",
            fix: "Added vfio_pci.disable_idle_d3=1 initcall_blacklist=sysfb_init",
            phase: "1.1",
        },
        { issue: "OOM Risk", fix: "Added 64GB NVMe swap file", phase: "1.2" },
        { issue: "VRAM Hallucination", fix: "GLM→CPU-only, MiniMax→Cold Storage", phase: "Services Summary" },
        { issue: "Firewall Blackout", fix: "Added Pod/Service CIDR exceptions", phase: "3.2" },
    ],

    hosts: {
        /// The box
        omni: {
            address: "192.168.3.10",
            lan: { interface: eno1, cidr: "192.168.3.0/24" },
            ipv6: deny,
            numa_nodes: 4,
            ram: { capacity: 384 GiB, ceiling: 94%, reserve: 20 GiB },
            gpus: {
                gpu0: { model: "RTX PRO 6000 Blackwell", vram: 96 GiB },
                gpu1: { model: "RTX 5090", vram: 32 GiB },
            },
            // The plan names no size: room for the images, twice where k3s imports them from Docker
            root: { capacity: 256 GB, reserve: 160 GB },
            /// The plan names no size: this is the least that holds what it puts there and leaves a tenth free
            storage: {
                mount: "/nvme",
                capacity: 576 GiB,
                models: models,
                directories: {
                    models: {},
                    /// Prompts of the agents
                    prompts: { size: 1 GiB },
                    mem0: { owner: root, size: 4 GiB },
                    letta: { owner: "999:999", size: 16 GiB },
                    memgraph: { owner: "101:103", size: 8 GiB },
                    qdrant: { owner: "1000:1000", size: 16 GiB },
                    prometheus: { owner: "65534:65534", size: 32 GiB },
                    grafana: { owner: "472:0", size: 1 GiB },
                    phoenix: { owner: "65532:65532", size: 16 GiB },
                    gepa: { size: 8 GiB },
                    agent: { size: 8 GiB },
                    eval: { size: 8 GiB },
                },
            },
            swap: { file: "/nvme/swapfile", size: 64 GiB },
            kernel: {
                parameters: {
                    quiet: "Fewer messages at boot",
                    splash: "A picture instead of messages at boot",
                    "pcie_aspm=off": "Disable PCIe power saving (stability)",
                    "iommu=pt": "Passthrough mode for GPU",
                    "amd_iommu=on": "Enable AMD IOMMU",
                    "vfio_pci.disable_idle_d3=1": "Prevents RTX 5090 sleep state → FLR Reset Bug",
                    "initcall_blacklist=sysfb_init": "Prevents boot splash VRAM lock",
                },
                critical: ["vfio_pci.disable_idle_d3=1", "initcall_blacklist=sysfb_init"],
            },
            openings: [
                { to: ssh, purpose: "SSH" },
                { to: "8000:8100/tcp", purpose: "Inference APIs" },
                { to: grafana.http, purpose: "Grafana" },
                { to: prometheus.http, purpose: "Prometheus" },
                { to: phoenix.http, from: lan, purpose: "Arize Phoenix" },
                { to: any, from: pods, purpose: "Pod CIDR" },
                { to: any, from: services, purpose: "Service CIDR" },
            ],
        },
    },

    zones: {
        /// Brain: the models, on plain containers
        brain: { title: "Zone A", namespace: inference, pod_security: privileged },
        /// Hands: the agents, under gVisor
        hands: {
            title: "Zone B",
            sandbox: gvisor,
            namespace: agents,
            labels: { zone: hands },
            pod_security: restricted,
        },
        /// What the agents remember
        memory: { title: "Memory Layer" },
        /// What watches the rest
        observability: { title: "Observability" },
    },

    stacks: {
        /// Everything: it starts the other two with it
        omni: { includes: [memory, observability] },
        /// The memory layer
        memory: {},
        /// Metrics, alerts and dashboards
        observability: {},
    },

    options: {
        /// Everything on Docker Compose
        compose: { title: "Option A: Docker Compose (Dev/Staging)" },
        /// Zones A and B on k3s, memory and observability on Docker Compose
        k3s: { title: "Option B: k3s Production (Recommended)", kubernetes: [brain, hands] },
    },

    models: {
        deepseek-v3-2: {
            title: "DeepSeek-V3.2 DQ3_K_M (Primary)",
            repository: "unsloth/DeepSeek-V3.2-GGUF",
            include: ["*DQ3_K_M*"],
            directory: "deepseek-v3.2-dq3",
            size: 281 GiB,
        },
        glm-4-7: {
            title: "GLM-4.7 (CPU-only fallback, optional)",
            repository: "THUDM/glm-4-9b-chat",
            directory: "glm-4.7",
            optional: true,
        },
    },

    services: {
        /// 671B MoE, the expert layers in RAM by KTransformers. Beside the GGUF files its image needs the original
        /// configuration and tokenizer
        deepseek: {
            title: "DeepSeek-V3.2",
            zone: brain,
            stack: omni,
            image: { reference: "omni/ktransformers:v15", source: local },
            command: ["python", "-m", "sglang.launch_server"],
            args: [
                "--host", "0.0.0.0",
                "--port", "{http}",
                "--model", "{model:deepseek-v3-2}",
                "--kt-weight-path", "{model:deepseek-v3-2}",
                "--kt-method", "LLAMAFILE",
                "--served-model-name", "deepseek-v3.2",
                "--enable-metrics",
            ],
            env: {
                ENABLE_DEEPGEMM: 1,
                SGLANG_ENABLE_JIT_DEEPGEMM: 0,
                SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION: "false",
            },
            volumes: { "/models": { read_only: models } },
            models: [deepseek-v3-2],
            ports: { http: 8000 },
            host_network: true,
            memory: { weights: 281 GiB, kv_cache: 60 GiB },
            memory_limit: 350 GiB,
            shm: 8 GiB,
            vram: { gpu0: 90 GiB, gpu1: 30 GiB },
            numa: { cpunodebind: 0, interleave: all },
            capabilities: [SYS_NICE],
            load_time: 25min,
            probes: {
                startup: { initial_delay: 300s, period: 30s, timeout: 10s, failures: 40 },
                readiness: { period: 30s, timeout: 10s, failures: 3 },
                liveness: { initial_delay: 600s, period: 30s, timeout: 10s, failures: 10 },
            },
            health: { http: { port: http, path: "/health" } },
            metrics: { port: http, exporter: sglang },
            inference: {
                port: http,
                served_model: "deepseek-v3.2",
                prompt: "Hello",
                within: 5s,
                tokens_per_second: 20,
            },
        },
        /// The fallback: it takes no VRAM, since none is left
        glm: {
            title: "GLM-4.7",
            zone: brain,
            stack: omni,
            state: { standby: { replaces: [deepseek] } },
            image: { reference: "omni/ktransformers:v15", source: local },
            command: ["python", "-m", "sglang.launch_server"],
            args: [
                "--host", "0.0.0.0",
                "--port", "{http}",
                "--model", "{model:glm-4-7}",
                "--served-model-name", "glm-4.7",
                "--device", "cpu",
                "--enable-metrics",
            ],
            env: { SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION: "false" },
            volumes: { "/models": { read_only: models } },
            models: [glm-4-7],
            ports: { http: 8002 },
            host_network: true,
            memory: { allowance: 64 GiB },
            memory_limit: 80 GiB,
            shm: 8 GiB,
            load_time: 5min,
            probes: {
                startup: { period: 10s, timeout: 10s, failures: 60 },
                liveness: { period: 30s, timeout: 10s, failures: 10 },
            },
            health: { http: { port: http, path: "/health" } },
        },
        /// Cold storage, for an emergency only: it may take what DeepSeek frees
        minimax: {
            title: "MiniMax",
            zone: brain,
            stack: omni,
            state: { standby: { replaces: [deepseek, glm] } },
            image: { reference: "omni/ktransformers:v15", source: local },
            ports: { http: 8003 },
            host_network: true,
            memory: { allowance: 256 GiB },
            memory_limit: 272 GiB,
            shm: 8 GiB,
            vram: { gpu0: 90 GiB, gpu1: 30 GiB },
            load_time: 25min,
            probes: {
                startup: { initial_delay: 300s, period: 30s, timeout: 10s, failures: 40 },
                liveness: { period: 30s, timeout: 10s, failures: 10 },
            },
            health: { http: { port: http, path: "/health" } },
        },

        /// Plans the work and hands it out
        agent-orchestrator: {
            title: "Agent Orchestrator",
            zone: hands,
            stack: omni,
            image: { reference: "omni/agent-orchestrator:v15", source: local },
            user: "10001:10001",
            env: {
                INFERENCE_ENDPOINT: "http://{deepseek.http}",
                LETTA_ENDPOINT: "http://{letta.http}",
                MEM0_ENDPOINT: "http://{mem0.http}",
                QDRANT_ENDPOINT: "http://{qdrant.http}",
                MEMGRAPH_ENDPOINT: "bolt://{memgraph.bolt}",
                PHOENIX_ENDPOINT: "http://{phoenix.http}",
                MCP_PROXY_ENDPOINT: "http://{mcp-proxy.http}",
                METACOGNITION_ENDPOINT: "http://{metacognition.http}",
            },
            secrets: { BRAINTRUST_API_KEY: BRAINTRUST_API_KEY },
            ports: { http: 8080 },
            memory_limit: 2 GiB,
            cpus: 4,
            health: { tcp: http },
            probes: { readiness: { period: 10s }, liveness: { period: 30s, timeout: 5s } },
        },
        /// What the agents' tools pass through
        mcp-proxy: {
            title: "MCP Security Proxy",
            zone: hands,
            stack: omni,
            image: { reference: "omni/mcp-proxy:v15", source: local },
            user: "10001:10001",
            ports: { http: 8070 },
            memory_limit: 512 MiB,
            cpus: 2,
            health: { tcp: http },
            probes: { readiness: { period: 10s }, liveness: { period: 30s, timeout: 5s } },
        },
        /// Watches the agents think
        metacognition: {
            title: "Metacognition",
            zone: hands,
            stack: omni,
            image: { reference: "omni/metacognition:v15", source: local },
            user: "10001:10001",
            env: { INFERENCE_ENDPOINT: "http://{deepseek.http}", PHOENIX_ENDPOINT: "http://{phoenix.http}" },
            ports: { http: 8011 },
            memory_limit: 1 GiB,
            cpus: 2,
            health: { tcp: http },
            probes: { readiness: { period: 10s }, liveness: { period: 30s, timeout: 5s } },
        },

        /// Long-term memory of the agents, with a Postgres of its own, which root starts under a user of its own
        letta: {
            title: "Letta",
            zone: memory,
            stack: memory,
            image: { reference: "letta/letta:0.16.8" },
            volumes: { "/var/lib/postgresql/data": { data: letta } },
            capabilities: [CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID],
            ports: { http: 8283 },
            memory_limit: 2 GiB,
            health: { http: { port: http, path: "/v1/health/" } },
        },
        /// Facts about users and tasks; built from the server directory of its repository, since no image is published
        mem0: {
            title: "Mem0",
            zone: memory,
            stack: memory,
            image: { reference: "omni/mem0:v2.0.18", source: local },
            env: {
                MEM0_TELEMETRY: "false",
                QDRANT_ENDPOINT: "http://{qdrant.http}",
                HISTORY_DB_PATH: "/app/history/history.db",
            },
            volumes: { "/app/history": { data: mem0 } },
            ports: { http: "8050:8000" },
            memory_limit: 1 GiB,
            health: { http: { port: http, path: "/docs" } },
        },
        /// Vectors
        qdrant: {
            title: "Qdrant",
            zone: memory,
            stack: memory,
            image: { reference: "qdrant/qdrant:v1.19.0-unprivileged" },
            user: "1000:1000",
            volumes: { "/qdrant/storage": { data: qdrant } },
            ports: { http: 6333 },
            memory_limit: 2 GiB,
            health: { http: { port: http, path: "/healthz" } },
            metrics: { port: http, exporter: qdrant },
        },
        /// Graphs
        memgraph: {
            title: "Memgraph",
            zone: memory,
            stack: memory,
            image: { reference: "memgraph/memgraph:3.12.0" },
            user: "101:103",
            args: ["--memory-limit=1536", "--telemetry-enabled=false", "--also-log-to-stderr=true"],
            volumes: { "/var/lib/memgraph": { data: memgraph } },
            ports: { bolt: 7687 },
            memory_limit: 2 GiB,
            health: { command: ["sh", "-c", "echo 'RETURN 1;' | mgconsole"] },
        },

        prometheus: {
            title: "Prometheus",
            zone: observability,
            stack: observability,
            image: { reference: "prom/prometheus:v3.14.0" },
            user: "65534:65534",
            volumes: { "/prometheus": { data: prometheus } },
            ports: { http: 9090 },
            memory_limit: 2 GiB,
            health: { http: { port: http, path: "/-/healthy" } },
            metrics: { port: http, exporter: prometheus },
        },
        alertmanager: {
            title: "Alertmanager",
            zone: observability,
            stack: observability,
            image: { reference: "prom/alertmanager:v0.34.0" },
            user: "65534:65534",
            ports: { http: 9093 },
            memory_limit: 256 MiB,
            health: { http: { port: http, path: "/-/healthy" } },
            metrics: { port: http, exporter: alertmanager },
        },
        grafana: {
            title: "Grafana",
            zone: observability,
            stack: observability,
            image: { reference: "grafana/grafana:13.2.3" },
            user: "472:0",
            env: { GF_ANALYTICS_REPORTING_ENABLED: "false", GF_USERS_ALLOW_SIGN_UP: "false" },
            secrets: { GF_SECURITY_ADMIN_PASSWORD: GRAFANA_ADMIN_PASSWORD },
            volumes: { "/var/lib/grafana": { data: grafana } },
            ports: { http: 3000 },
            memory_limit: 512 MiB,
            health: { http: { port: http, path: "/api/health" } },
            metrics: { port: http, exporter: grafana },
        },
        /// Traces of the agents
        phoenix: {
            title: "Arize Phoenix",
            zone: observability,
            stack: observability,
            image: { reference: "arizephoenix/phoenix:version-20.3.0-nonroot" },
            user: "65532:65532",
            env: {
                PHOENIX_WORKING_DIR: "/mnt/data",
                PHOENIX_ENABLE_PROMETHEUS: "true",
                PHOENIX_TELEMETRY_ENABLED: "false",
            },
            volumes: { "/mnt/data": { data: phoenix } },
            ports: { http: 6006, metrics: "9190:9090" },
            memory_limit: 1 GiB,
            health: { http: { port: http, path: "/healthz" } },
            metrics: { port: metrics, exporter: phoenix },
        },
        /// The host's own metrics
        node-exporter: {
            title: "node_exporter",
            zone: observability,
            stack: observability,
            image: { reference: "quay.io/prometheus/node-exporter:v1.12.1" },
            user: "65534:65534",
            args: ["--path.rootfs=/host", "--web.listen-address=:{metrics}"],
            volumes: { "/host": { host: "/" } },
            ports: { metrics: 9100 },
            host_network: true,
            memory_limit: 128 MiB,
            health: { http: { port: metrics, path: "/metrics" } },
            metrics: { port: metrics, exporter: node },
        },
        /// The GPUs' metrics
        dcgm-exporter: {
            title: "dcgm-exporter",
            zone: observability,
            stack: observability,
            image: { reference: "nvcr.io/nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless" },
            vram: { gpu0: 0 B, gpu1: 0 B },
            capabilities: [SYS_ADMIN],
            ports: { metrics: 9400 },
            memory_limit: 512 MiB,
            health: { http: { port: metrics, path: "/health" } },
            metrics: { port: metrics, exporter: dcgm },
        },
        /// Kubernetes' own metrics
        kube-state-metrics: {
            title: "kube-state-metrics",
            zone: brain,
            stack: observability,
            options: [k3s],
            image: { reference: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0" },
            user: "65534:65534",
            args: ["--port={metrics}", "--telemetry-port={telemetry}"],
            ports: { metrics: 9101, telemetry: 9102 },
            host_network: true,
            memory_limit: 256 MiB,
            health: { http: { port: telemetry, path: "/readyz" } },
            probes: { readiness: { period: 10s, timeout: 5s }, liveness: { period: 30s, timeout: 5s } },
            metrics: { port: metrics, exporter: kube-state-metrics },
        },
        /// Asks the others how they are
        blackbox-exporter: {
            title: "blackbox_exporter",
            zone: observability,
            stack: observability,
            image: { reference: "prom/blackbox-exporter:v0.28.0" },
            user: "65534:65534",
            ports: { http: 9115 },
            memory_limit: 128 MiB,
            health: { http: { port: http, path: "/-/healthy" } },
            metrics: { port: http, exporter: blackbox },
        },
        /// Since when containers run, and what they hold of their limits. It holds Docker's socket, so only Prometheus reaches it
        cadvisor: {
            title: "cAdvisor",
            zone: observability,
            stack: observability,
            image: { reference: "ghcr.io/google/cadvisor:v0.60.5" },
            args: [
                "--port={http}",
                "--docker_only=true",
                "--raw_cgroup_prefix_whitelist=/kubepods",
                "--store_container_labels=false",
                "--whitelisted_container_labels=com.docker.compose.project,com.docker.compose.service",
                "--enable_metrics=cpu,memory",
                "--housekeeping_interval=10s",
            ],
            volumes: { "/rootfs": { host: "/" }, "/sys": { host: "/sys" }, "/var/run": { host: "/var/run" } },
            ports: { http: "9180:8080" },
            memory_limit: 256 MiB,
            health: { http: { port: http, path: "/healthz" } },
            metrics: { port: http, exporter: cadvisor },
        },
    },

    apis: {
        /// External API only
        kimi-k2: { title: "Kimi K2", slot: 8001 },
        /// External API only
        qwen3-235b: { title: "Qwen3-235B", slot: 8004 },
    },

    secrets: {
        GRAFANA_ADMIN_PASSWORD: { description: "The password of Grafana's user admin" },
        ALERT_WEBHOOK_URL: { description: "Where Alertmanager posts alerts to" },
        WATCHDOG_URL: { description: "Where Alertmanager posts its sign of life to every five minutes: who misses it raises the alarm" },
        BRAINTRUST_API_KEY: { description: "Braintrust, for the agents' evaluations", optional: true },
    },

    flows: [
        agent-orchestrator -> deepseek.http,
        agent-orchestrator -> letta.http,
        agent-orchestrator -> mem0.http,
        agent-orchestrator -> qdrant.http,
        agent-orchestrator -> memgraph.bolt,
        agent-orchestrator -> phoenix.http,
        agent-orchestrator -> mcp-proxy.http,
        agent-orchestrator -> metacognition.http,
        agent-orchestrator -> kimi-k2,
        agent-orchestrator -> qwen3-235b,
        mcp-proxy -> metacognition.http,
        mcp-proxy -> agent-orchestrator.http,
        metacognition -> mcp-proxy.http,
        metacognition -> deepseek.http,
        metacognition -> phoenix.http,
        letta -> qdrant.http,
        mem0 -> qdrant.http,
        alertmanager -> internet,
        lan -> deepseek.http,
        lan -> glm.http,
        lan -> minimax.http,
        lan -> grafana.http,
        lan -> prometheus.http,
        lan -> phoenix.http,
    ],
    network: { bridge: omni0, subnet: "172.30.0.0/24" },
    network_policies: {
        /// Zone B → Zone A only
        zone-b-egress: { zone: hands, egress: [deepseek.http, mem0.http, letta.http] },
    },

    cluster: {
        host: omni,
        k3s: "v1.36.1+k3s1",
        pod_cidr: "10.42.0.0/16",
        service_cidr: "10.43.0.0/16",
        disable: [traefik, servicelb],
        kubeconfig_mode: "0600",
        swap: LimitedSwap,
        eviction: { memory_available: 1 GiB, nodefs_available: 5%, imagefs_available: 5% },
        device_plugin: { image: "nvcr.io/nvidia/k8s-device-plugin:v0.20.0" },
    },

    monitoring: {
        prometheus: prometheus,
        alertmanager: alertmanager,
        grafana: grafana,
        prober: blackbox-exporter,
        scrape_interval: 15s,
        retention: 30d,
        receiver: { kind: webhook, url: ALERT_WEBHOOK_URL },
        watchdog: { kind: webhook, url: WATCHDOG_URL },
        group: omni-critical,
        alerts: {
            BlackwellResetLoopRisk: {
                when: { restarts: { service: deepseek, more_than: 2, within: 10min } },
                for: 1min,
                severity: critical,
                summary: "The inference service starts again and again",
                action: { stop: deepseek },
            },
            HighMemoryPressure: {
                when: { memory_used: { above: 95% } },
                for: 2min,
                severity: warning,
                summary: "Memory above 95% - swap may be in use",
            },
            SwapInUse: {
                when: { swap_used: { above: 50% } },
                for: 5min,
                severity: warning,
                summary: "Swap usage above 50% - memory pressure detected",
            },
            SwapMissing: {
                when: swap_missing,
                for: 1min,
                severity: critical,
                summary: "The swap file is not active: nothing stands between a spike and the OOM killer",
                action: { manual: "swapon /nvme/swapfile" },
            },
            SwapStorm: {
                when: { swap_storm: { pages_per_second: 1000 } },
                for: 5min,
                severity: warning,
                summary: "Pages go to the swap and come back",
            },
            MemoryStalled: {
                when: { memory_stalled: { above: 10% } },
                for: 5min,
                severity: warning,
                summary: "Processes wait for memory",
            },
            OomKill: {
                when: { oom_kill: { within: 10min } },
                severity: critical,
                summary: "The kernel killed a process for its memory",
            },
            CrashLoop: {
                when: crash_loop,
                for: 5min,
                severity: critical,
                summary: "A container crashes again and again",
            },
            GpuLost: {
                when: gpu_lost,
                for: 3min,
                severity: critical,
                summary: "A service does not see its GPUs: start it again",
            },
            ServiceMemory: {
                when: { service_memory: { above: 98% } },
                for: 10min,
                severity: warning,
                summary: "A service is near its memory limit, beyond which the kernel kills it",
            },
            InferenceNotServing: {
                when: { not_serving: { service: deepseek } },
                for: 30min,
                severity: critical,
                summary: "The model does not answer, and should have been loaded by now",
            },
            TargetDown: { when: target_down, for: 5min, severity: critical, summary: "A service does not answer" },
            ServiceUnhealthy: {
                when: unhealthy,
                for: 5min,
                severity: critical,
                summary: "A service is not healthy",
            },
            MetricMissing: {
                when: metric_missing,
                for: 10min,
                severity: warning,
                summary: "A metric that an alert relies on is gone",
            },
            GpuXid: { when: gpu_xid, severity: critical, summary: "A GPU's driver reports an error" },
            GpuHot: {
                when: { gpu_hot: { above: 87 } },
                for: 5min,
                severity: warning,
                summary: "A GPU is hotter than 87 °C",
            },
            GpuThrottled: {
                when: gpu_throttled,
                for: 10min,
                severity: warning,
                summary: "A GPU lowers its clocks: heat, or its power supply",
            },
            GpuRowRemapFailed: {
                when: gpu_row_remap_failed,
                severity: critical,
                summary: "A GPU's memory is defective: the card has to be exchanged",
            },
            MemoryUncorrectable: {
                when: { memory_uncorrectable: { within: 1h } },
                severity: critical,
                summary: "The memory had an error that could not be corrected",
            },
            MemoryCorrectable: {
                when: { memory_correctable: { more_than: 10, within: 1d } },
                severity: warning,
                summary: "A memory module corrects errors again and again: it may be about to fail",
            },
            ClockUnsynchronized: {
                when: clock_unsynchronized,
                for: 10min,
                severity: warning,
                summary: "The host's clock is not synchronized",
            },
            NotificationsFailed: {
                when: notifications_failed,
                for: 5min,
                severity: critical,
                summary: "Alertmanager cannot notify a receiver",
            },
            NotificationsDropped: {
                when: notifications_dropped,
                for: 5min,
                severity: critical,
                summary: "Prometheus cannot tell Alertmanager of alerts",
            },
            RuleFailures: {
                when: rule_failures,
                for: 5min,
                severity: critical,
                summary: "Prometheus cannot evaluate a rule",
            },
            VramNearlyFull: {
                when: { vram_used: { above: 97% } },
                for: 5min,
                severity: warning,
                summary: "A GPU's memory is nearly full",
            },
            DiskLow: {
                when: { disk_low: { below: 10% } },
                for: 10min,
                severity: warning,
                summary: "Less than 10% of the disk is free",
            },
            DiskFullSoon: {
                when: { disk_predicted_full: { within: 4d } },
                for: 1h,
                severity: warning,
                summary: "The disk will be full in four days",
            },
            InodesLow: {
                when: { inodes_low: { below: 10% } },
                for: 10min,
                severity: warning,
                summary: "Less than 10% of the inodes are free: no more files can be made soon",
            },
            DiskReadOnly: {
                when: disk_read_only,
                for: 1min,
                severity: critical,
                summary: "A file system is read-only: the kernel has seen an error of the disk",
            },
            Watchdog: { when: watchdog, severity: none, summary: "Always on: its silence is the alarm" },
        },
        dashboards: {
            grafana: { title: "Grafana", at: grafana.http, purpose: "Metrics visualization" },
            prometheus: { title: "Prometheus", at: prometheus.http, purpose: "Query metrics" },
            phoenix: { title: "Arize Phoenix", at: phoenix.http, purpose: "AI observability" },
        },
    },

    operations: {
        restart_watch: 10min,
        post_deployment: {
            from: "Local Mac",
            purpose: "Curate to ByteRover",
            command: "brv curate \"Protocol OMNI v15.0 deployed: 4 corrections applied (GRUB+Swap+VRAM+UFW)\" --files AGENTS.md",
        },
    },

    accept: [
        {
            rule: B011,
            at: "models.glm-4-7",
            reason: "The plan names no size, and the fallback is optional: it is downloaded only where there is room",
        },
        {
            rule: K003,
            at: "hosts.omni.kernel.parameters.\"amd_iommu=on\"",
            reason: "The plan has it. The kernel says that it does not know the option, and turns the IOMMU on by itself",
        },
        {
            rule: K004,
            at: "hosts.omni.kernel.parameters.\"pcie_aspm=off\"",
            reason: "The plan has it. Where links still sleep, the firmware's setup has to say so too",
        },
        {
            rule: K004,
            at: "hosts.omni.kernel.parameters.\"vfio_pci.disable_idle_d3=1\"",
            reason: "The plan calls it critical. It does nothing until a GPU is handed to vfio-pci, and no harm",
        },
        {
            rule: K004,
            at: "hosts.omni.kernel.parameters.\"initcall_blacklist=sysfb_init\"",
            reason: "The plan calls it critical. The machine is reached by SSH, and by the board's remote management before that",
        },
        {
            rule: M004,
            at: "monitoring.alerts.BlackwellResetLoopRisk.when.restarts.within",
            reason: "The plan has it: it sees crashes right after a start. What fails after long loading, InferenceNotServing notices",
        },
        {
            rule: S002,
            at: "models.deepseek-v3-2",
            reason: "The plan names no revision, and none is made up: pin the one that was downloaded",
        },
        {
            rule: S002,
            at: "models.glm-4-7",
            reason: "The plan names no revision, and none is made up: pin the one that was downloaded",
        },
        {
            rule: S007,
            at: "services.letta.image.reference",
            reason: "The plan builds on it. Only the agents reach it; look for a successor",
        },
        {
            rule: S008,
            at: "models.glm-4-7.repository",
            reason: "The plan has it so: the fallback that answers as GLM-4.7 is GLM-4-9B, a much smaller model",
        },
        {
            rule: W006,
            at: "services.deepseek.probes.liveness.initial_delay",
            reason: "The plan has it. For ten minutes after loading, InferenceNotServing is what notices a hang",
        },
        {
            rule: W008,
            at: "services.deepseek.numa.cpunodebind",
            reason: "The plan has it. Whether one node's processors or all of them are faster, the inference check measures",
        },
        {
            rule: W016,
            at: "services.deepseek.env.ENABLE_DEEPGEMM",
            reason: "The plan has it. On these GPUs it changes nothing, and its JIT is off",
        },
        {
            rule: F003,
            at: "hosts.omni.openings[0]",
            reason: "The plan has it. Containers may knock at sshd as well, which asks everybody for a key",
        },
        {
            rule: F003,
            at: "hosts.omni.openings[1]",
            reason: "The plan opens the whole range for inference. What listens in it are models, which ask nobody for a key anyway",
        },
        {
            rule: F003,
            at: "hosts.omni.openings[2]",
            reason: "The plan has it. Containers reach Grafana by it, which asks for a password",
        },
        {
            rule: F004,
            at: "hosts.omni.openings[2]",
            reason: "The plan has it, and an operator looks for it there. It is DOCKER-USER that lets the LAN in",
        },
        {
            rule: F003,
            at: "hosts.omni.openings[3]",
            reason: "The plan has it. Containers may query the metrics by it",
        },
        {
            rule: F004,
            at: "hosts.omni.openings[3]",
            reason: "The plan has it, and an operator looks for it there. It is DOCKER-USER that lets the LAN in",
        },
        {
            rule: F004,
            at: "hosts.omni.openings[4]",
            reason: "It stands beside those of the other dashboards. It is DOCKER-USER that lets the LAN in",
        },
        {
            rule: F004,
            at: "hosts.omni.openings[6]",
            reason: "The plan and k3s' own advice have it. No packet comes from a service's address",
        },
        {
            rule: F003,
            at: "network_policies.zone-b-egress",
            reason: "The plan's policy is for the whole zone: MCP and metacognition get the agents' way to inference and memory",
        },
        {
            rule: F009,
            at: "services.deepseek.host_network",
            reason: "The plan has it. The model server opens no connections of its own",
        },
        {
            rule: F009,
            at: "services.glm.host_network",
            reason: "It takes DeepSeek's place, on the same terms",
        },
        {
            rule: F009,
            at: "services.minimax.host_network",
            reason: "It takes DeepSeek's place, on the same terms",
        },
        {
            rule: F009,
            at: "services.node-exporter.host_network",
            reason: "It measures the host's network, and opens no connections of its own",
        },
        {
            rule: F009,
            at: "services.kube-state-metrics.host_network",
            reason: "Prometheus, on Docker Compose, could not reach a pod. It asks the API server and nobody else",
        },
    ],
    deviations: [
        {
            at: "2 A",
            plan: "the service is called `deepseek-r1`, and one command names services of three files",
            emits: "the service is `deepseek` everywhere, and `omni-stack.yaml` includes the other stacks",
            reason: "two names for one service; Compose starts only what the named file holds, and the list omits Mem0, MCP and Phoenix",
        },
        {
            at: "2 A",
            plan: "zone B runs without a sandbox on Docker Compose",
            emits: "`runtime: runsc` for zone B in both options",
            reason: "a sandboxed zone stays sandboxed in every option",
        },
        {
            at: "2 A",
            plan: "`--profile full` exists and must not be used",
            emits: "no such profile: a standby starts by a failover that stops what it replaces first",
            reason: "every combination that can be started is within budget, or does not exist",
        },
        {
            at: "1.2",
            plan: "`chown -R $USER /nvme`, and commands that run once",
            emits: "an owner for each directory; a script that runs twice and leaves the swap file to root",
            reason: "Grafana and Prometheus cannot write to directories of the operator's; mkswap fails on an active swap file",
        },
        {
            at: "1.3",
            plan: "`pip install huggingface-cli`",
            emits: "`hf download` of huggingface_hub, in a virtual environment",
            reason: "it is another package, its command is retired, and Debian and Ubuntu refuse pip into the system's Python (PEP 668)",
        },
        {
            at: "2 B.1",
            plan: "a `config.toml.tmpl` with one table",
            emits: "`config-v3.toml.tmpl`, which begins with k3s' own template",
            reason: "the plan's replaces k3s' whole containerd configuration: no network, no NVIDIA",
        },
        {
            at: "2 B.1",
            plan: "Debian's `runsc`, moved to /usr/local/bin",
            emits: "gVisor's own apt repository, nothing moved",
            reason: "Debian's is from 2022, without the containerd shim; runsc needs the files beside it",
        },
        {
            at: "2 B.3",
            plan: "restartPolicy `OnFailure`",
            emits: "`Always`",
            reason: "the API server accepts nothing else in a Deployment",
        },
        {
            at: "2 B.3",
            plan: "no update strategy",
            emits: "`Recreate`, and dnsPolicy `ClusterFirstWithHostNet`",
            reason: "a rolling update waits forever for two more GPUs and the same port",
        },
        {
            at: "Memory Budget",
            plan: "the swap file prevents OOM kills",
            emits: "kubelet with LimitedSwap, a request below the limit, memory.available in evictionHard",
            reason: "by default the kubelet keeps pods off the swap, and only Burstable pods get any",
        },
        {
            at: "Services Summary",
            plan: "GLM-4.7 both exhausts VRAM and takes none",
            emits: "CPU-only, on standby",
            reason: "one placement for one service",
        },
        {
            at: "3.1",
            plan: "zone B may reach ports 8000, 8050 and 8283 of the host, and nothing else",
            emits: "that policy under its name, and what the flows need beside it: DNS, MCP, metacognition, Qdrant, Memgraph, Phoenix, HTTPS",
            reason: "the agents would be cut off from each other, from DNS and from the external APIs",
        },
        {
            at: "3.1",
            plan: "an ipBlock of the host's address for services on Docker",
            emits: "the host's address and the container's",
            reason: "Docker rewrites the destination before the policy sees it",
        },
        {
            at: "4.1",
            plan: "the action scales `deployment inference-engine`; the rule reads metrics that nothing exports",
            emits: "the Deployment's real name and namespace; node_exporter, dcgm-exporter and kube-state-metrics",
            reason: "no such Deployment, no such exporter",
        },
        {
            at: "4.2",
            plan: "Phoenix is on port 6006, which nothing opens",
            emits: "a service and an opening",
            reason: "a dashboard must be reachable from where it is read",
        },
        {
            at: "5.2",
            plan: "`curl …/health` for every service",
            emits: "each service's own endpoint, with `-f` and a time limit",
            reason: "Qdrant, Letta and Mem0 have others, Memgraph speaks Bolt, and curl without -f passes on 404",
        },
        {
            at: "5.3",
            plan: "`pgrep -f ktransformers`",
            emits: "the container's own processes",
            reason: "the process is python: pgrep finds itself or nothing",
        },
        {
            at: "Rollback",
            plan: "`sed '/swapfile/d'`, `compose down` without profiles, and no word of the rest",
            emits: "the inverse of every step",
            reason: "the first deletes lines that are not ours, the second leaves standbys, and UFW, GRUB and k3s stay changed",
        },
    ],
    hardenings: [
        {
            at: "2 B.1",
            plan: "`curl … | sh` with `--write-kubeconfig-mode 644`",
            emits: "a pinned release, and mode 0600",
            reason: "644 hands cluster-admin to every local user",
        },
        {
            at: "2 B.2",
            plan: "the device plugin from branch `main`",
            emits: "a pinned release, generated from types",
            reason: "whatever somebody commits there would run with the host's devices",
        },
        {
            at: "3.2",
            plan: "`ufw allow 3000/tcp` and `9090/tcp`, and no word of what Docker publishes",
            emits: "published ports bound to loopback unless a flow needs more, and DOCKER-USER rules for the rest",
            reason: "Docker's ports never meet UFW's rules: Qdrant and Memgraph were open to the LAN",
        },
        {
            at: "2 B.4",
            plan: "`privileged: false` and `drop: ALL`",
            emits: "Pod Security `restricted`: non-root, no privilege escalation, seccomp RuntimeDefault",
            reason: "the level that these settings suggest wants the rest as well",
        },
    ],
}

fn main() -> std::process::ExitCode {
    omni::cli::main(v15())
}
