//! A small box at home: one GPU with 24 GB, Ollama, Open WebUI with a vector store, and what watches them. Docker Compose only.
//!
//! `cargo run --example home -- emit out/`

omni::deployment! {
    /// One GPU, one chat, its documents
    pub fn home;

    name: "home",
    version: "1.0",
    hosts: {
        attic: {
            address: "192.168.1.10",
            lan: { interface: enp5s0, cidr: "192.168.1.0/24" },
            ram: { capacity: 64 GiB, ceiling: 90%, reserve: 12 GiB },
            gpus: { gpu0: { model: "RTX 4090", vram: 24 GiB } },
            root: { capacity: 250 GB, reserve: 100 GB },
            storage: {
                mount: "/srv",
                capacity: 1 TB,
                directories: {
                    ollama: { owner: root, size: 300 GiB },
                    webui: { owner: root, size: 20 GiB },
                    qdrant: { owner: "1000:1000", size: 50 GiB },
                    prometheus: { owner: "65534:65534", size: 20 GiB },
                    grafana: { owner: "472:0", size: 1 GiB },
                },
            },
            // On another disk, or of another machine.
            backup: { to: "/mnt/backup", calendar: "04:00", keep: 7 },
            openings: [{ to: ssh, from: lan, purpose: "SSH" }],
        },
    },
    zones: {
        /// What answers
        chat: { title: "Chat" },
        /// What watches
        watch: { title: "Watch" },
    },
    stacks: { home: {} },

    services: {
        /// Runs the models
        ollama: {
            title: "Ollama",
            zone: chat,
            stack: home,
            image: { reference: "ollama/ollama:0.32.15" },
            volumes: { "/root/.ollama": { data: ollama } },
            ports: { http: 11434 },
            memory: { models: 32 GiB },
            memory_limit: 36 GiB,
            vram: { gpu0: 20 GiB },
            health: { command: [ollama, list] },
        },
        /// The chat, with its users and their documents
        webui: {
            title: "Open WebUI",
            zone: chat,
            stack: home,
            image: { reference: "ghcr.io/open-webui/open-webui:v0.11.1" },
            env: {
                OLLAMA_BASE_URL: "http://{ollama.http}",
                VECTOR_DB: qdrant,
                QDRANT_URI: "http://{qdrant.http}",
            },
            secrets: { WEBUI_SECRET_KEY: WEBUI_SECRET_KEY },
            volumes: { "/app/backend/data": { data: webui } },
            ports: { http: "3001:8080" },
            memory_limit: 4 GiB,
            health: { http: { port: http, path: "/health" } },
        },
        /// The documents' vectors
        qdrant: {
            title: "Qdrant",
            zone: chat,
            stack: home,
            image: { reference: "qdrant/qdrant:v1.19.0-unprivileged" },
            user: "1000:1000",
            volumes: { "/qdrant/storage": { data: qdrant } },
            ports: { http: 6333 },
            memory_limit: 3 GiB,
            health: { http: { port: http, path: "/healthz" } },
            metrics: { port: http, exporter: qdrant },
        },
        prometheus: {
            title: "Prometheus",
            zone: watch,
            stack: home,
            image: { reference: "prom/prometheus:v3.14.0" },
            user: "65534:65534",
            volumes: { "/prometheus": { data: prometheus } },
            ports: { http: 9090 },
            memory_limit: 1 GiB,
            health: { http: { port: http, path: "/-/healthy" } },
            metrics: { port: http, exporter: prometheus },
        },
        alertmanager: {
            title: "Alertmanager",
            zone: watch,
            stack: home,
            image: { reference: "prom/alertmanager:v0.34.0" },
            user: "65534:65534",
            ports: { http: 9093 },
            memory_limit: 256 MiB,
            health: { http: { port: http, path: "/-/healthy" } },
            metrics: { port: http, exporter: alertmanager },
        },
        grafana: {
            title: "Grafana",
            zone: watch,
            stack: home,
            image: { reference: "grafana/grafana:13.2.3" },
            user: "472:0",
            secrets: { GF_SECURITY_ADMIN_PASSWORD: GRAFANA_ADMIN_PASSWORD },
            volumes: { "/var/lib/grafana": { data: grafana } },
            ports: { http: 3000 },
            memory_limit: 512 MiB,
            health: { http: { port: http, path: "/api/health" } },
            metrics: { port: http, exporter: grafana },
        },
        node-exporter: {
            title: "node_exporter",
            zone: watch,
            stack: home,
            image: { reference: "quay.io/prometheus/node-exporter:v1.12.1" },
            user: "65534:65534",
            args: ["--path.rootfs=/host", "--web.listen-address=:{metrics}"],
            volumes: { "/host": { host: "/" } },
            ports: { metrics: 9100 },
            memory_limit: 128 MiB,
            health: { http: { port: metrics, path: "/metrics" } },
            metrics: { port: metrics, exporter: node },
        },
        /// Asks the others how they are
        blackbox-exporter: {
            title: "blackbox_exporter",
            zone: watch,
            stack: home,
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
            zone: watch,
            stack: home,
            image: { reference: "ghcr.io/google/cadvisor:v0.60.5" },
            args: [
                "--port={http}",
                "--docker_only=true",
                "--store_container_labels=false",
                "--whitelisted_container_labels=com.docker.compose.project,com.docker.compose.service",
                "--enable_metrics=cpu,memory",
                "--housekeeping_interval=10s",
            ],
            volumes: { "/rootfs": { host: "/" }, "/sys": { host: "/sys" }, "/var/run": { host: "/var/run" } },
            ports: { http: "8089:8080" },
            memory_limit: 256 MiB,
            health: { http: { port: http, path: "/healthz" } },
            metrics: { port: http, exporter: cadvisor },
        },
    },

    secrets: {
        WEBUI_SECRET_KEY: { description: "Signs the sessions of Open WebUI" },
        GRAFANA_ADMIN_PASSWORD: { description: "The password of Grafana's user admin" },
        ALERT_WEBHOOK_URL: { description: "Where Alertmanager posts alerts to" },
    },
    flows: [
        lan -> webui.http,
        lan -> grafana.http,
        webui -> ollama.http,
        webui -> qdrant.http,
        ollama -> internet,
        alertmanager -> internet,
    ],

    monitoring: {
        prometheus: prometheus,
        alertmanager: alertmanager,
        grafana: grafana,
        prober: blackbox-exporter,
        scrape_interval: 30s,
        retention: 30d,
        receiver: { kind: webhook, url: ALERT_WEBHOOK_URL },
        group: home,
        alerts: {
            TargetDown: { when: target_down, for: 5min, severity: critical, summary: "A service does not answer" },
            ServiceUnhealthy: { when: unhealthy, for: 5min, severity: critical, summary: "A service is not healthy" },
            MetricMissing: {
                when: metric_missing,
                for: 10min,
                severity: warning,
                summary: "A metric that an alert needs is missing",
            },
            CrashLoop: {
                when: crash_loop,
                severity: critical,
                summary: "A container keeps restarting",
            },
            GpuLost: {
                when: gpu_lost,
                for: 3min,
                severity: critical,
                summary: "A service has lost its GPUs: restart it",
            },
            ServiceMemory: {
                when: { service_memory: { above: 95% } },
                for: 10min,
                severity: warning,
                summary: "A service is close to its memory limit, above which the kernel kills it",
            },
            OomKill: { when: { oom_kill: { within: 10min } }, severity: critical, summary: "The kernel killed a process" },
            DiskLow: {
                when: { disk_low: { below: 10% } },
                for: 10min,
                severity: warning,
                summary: "Less than 10% of the disk is free",
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
                summary: "Prometheus cannot send alerts to Alertmanager",
            },
            RuleFailures: {
                when: rule_failures,
                for: 5min,
                severity: critical,
                summary: "Prometheus cannot evaluate a rule",
            },
            InodesLow: {
                when: { inodes_low: { below: 5% } },
                for: 10min,
                severity: warning,
                summary: "Less than 5% of the inodes are free: soon no file can be created",
            },
            DiskReadOnly: {
                when: disk_read_only,
                for: 1min,
                severity: critical,
                summary: "A file system is read-only: the kernel has seen a disk error",
            },
            Watchdog: { when: watchdog, severity: none, summary: "Always fires: if it stops arriving, the monitoring is broken" },
        },
        dashboards: { grafana: { title: "Grafana", at: grafana.http, purpose: "Metrics visualization" } },
    },
}
fn main() -> std::process::ExitCode {
    omni::cli::main(home())
}
