//! Products that deployments consist of: what each needs, and its endpoints.

use super::sysctls::{self, Sysctl};
use crate::names::ImageRef;

/// A product.
#[derive(Debug)]
pub struct Product {
    /// Its name.
    pub name: &'static str,
    /// The names of its images, without the registry.
    pub images: &'static [&'static str],
    /// A word of its command line that identifies it in another image.
    pub command: Option<&'static str>,
    /// The user that writes its data, by the end of the image's tag. The first entry that matches counts.
    pub users: &'static [(&'static str, u32)],
    /// The capabilities that it needs if it starts as root.
    pub capabilities: &'static [&'static str],
    /// The paths at which it answers with success while it works, the best one first. Empty if it does not speak HTTP.
    pub health: &'static [&'static str],
    /// A note about these paths.
    pub health_note: Option<&'static str>,
    /// How slow its health endpoint is, if it is slow.
    pub slow_health: Option<SlowHealth>,
    /// Where its metrics are: the port in the container, if it is fixed, and the path.
    pub metrics: Option<(Option<u16>, &'static str)>,
    /// What turns its metrics on, if they are off by default.
    pub metrics_need: Option<Need>,
    /// How to split a model over several GPUs, if it is a model server that can.
    pub tensor_parallel: Option<&'static TensorParallel>,
    /// Ports that speak another protocol than HTTP, and the protocol.
    pub other_ports: &'static [(u16, &'static str)],
    /// Settings of the running kernel that it needs.
    pub sysctls: &'static [&'static Sysctl],
    /// The variable that sets its password, if it has a well-known default password.
    pub password: Option<&'static str>,
    /// Whether it needs the host's processes.
    pub host_pid: bool,
    /// The paths of the host that it reads.
    pub mounts: &'static [Mount],
    /// That it is no longer maintained, as the end of the sentence "NAME …".
    pub retired: Option<&'static str>,
    /// Where this is documented.
    pub source: &'static str,
}

/// A health endpoint whose answer takes a while.
#[derive(Debug)]
pub struct SlowHealth {
    /// The seconds that an answer takes at most.
    pub seconds: u64,
    /// Why it takes so long, as a clause: "it generates a token first".
    pub why: &'static str,
    /// The variable and the value with which it answers at once.
    pub unless: (&'static str, &'static str),
}

/// How to split a model over several GPUs. The default of a model server is one GPU.
#[derive(Debug)]
pub struct TensorParallel {
    /// The names of the argument.
    pub names: &'static [&'static str],
    /// Prefixes of arguments that use several GPUs in another way: for copies of a model, or for its stages.
    pub others: &'static [&'static str],
}

/// <https://docs.sglang.ai/advanced_features/server_arguments.html>
const SGLANG_PARALLEL: TensorParallel = TensorParallel {
    names: &["--tensor-parallel-size", "--tp-size", "--tp"],
    others: &["--data-parallel", "--dp", "--pipeline-parallel", "--pp", "--nnodes"],
};

/// <https://docs.vllm.ai/en/latest/configuration/engine_args.html>
const VLLM_PARALLEL: TensorParallel = TensorParallel {
    names: &["--tensor-parallel-size", "-tp"],
    others: &["--data-parallel", "-dp", "--pipeline-parallel", "-pp", "--nnodes"],
};

/// A path of the host that a product reads.
#[derive(Debug)]
pub struct Mount {
    /// The path in the container at which the product looks for it.
    pub target: &'static str,
    /// The path on the host.
    pub host: &'static str,
    /// What the product finds there.
    pub why: &'static str,
}

/// What turns a feature on.
#[derive(Debug)]
pub enum Need {
    /// An argument.
    Argument(&'static str),
    /// A variable and its value.
    Variable(&'static str, &'static str),
}

const PRODUCT: Product = Product {
    name: "",
    images: &[],
    command: None,
    users: &[],
    capabilities: &[],
    health: &[],
    health_note: None,
    slow_health: None,
    metrics: None,
    metrics_need: None,
    tensor_parallel: None,
    other_ports: &[],
    sysctls: &[],
    password: None,
    host_pid: false,
    mounts: &[],
    retired: None,
    source: "",
};

const NOBODY: &[(&str, u32)] = &[("-distroless", 65532), ("", 65534)];
const ROOT: &[(&str, u32)] = &[("", 0)];

/// The products that Omni knows.
pub static PRODUCTS: &[Product] = &[
    Product {
        name: "SGLang",
        images: &["lmsysorg/sglang"],
        command: Some("sglang.launch_server"),
        health: &["/health", "/health_generate", "/ping", "/v1/models", "/model_info"],
        slow_health: Some(SlowHealth {
            seconds: 20,
            why: "it generates a token first",
            unless: ("SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION", "false"),
        }),
        metrics: Some((None, "/metrics")),
        metrics_need: Some(Need::Argument("--enable-metrics")),
        tensor_parallel: Some(&SGLANG_PARALLEL),
        source: "https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/entrypoints/http_server.py",
        ..PRODUCT
    },
    Product {
        name: "vLLM",
        images: &["vllm/vllm-openai"],
        command: Some("vllm.entrypoints.openai.api_server"),
        health: &["/health", "/ping", "/v1/models", "/version"],
        metrics: Some((None, "/metrics")),
        tensor_parallel: Some(&VLLM_PARALLEL),
        source: "https://github.com/vllm-project/vllm/blob/main/vllm/entrypoints/openai/api_server.py",
        ..PRODUCT
    },
    Product {
        name: "the llama.cpp server",
        images: &["ggml-org/llama.cpp"],
        command: Some("llama-server"),
        health: &["/health", "/v1/health", "/v1/models"],
        metrics: Some((None, "/metrics")),
        metrics_need: Some(Need::Argument("--metrics")),
        source: "https://github.com/ggml-org/llama.cpp/tree/master/tools/server",
        ..PRODUCT
    },
    Product {
        name: "Ollama",
        images: &["ollama/ollama"],
        users: ROOT,
        health: &["/", "/api/version", "/api/tags"],
        source: "https://github.com/ollama/ollama/blob/main/docs/api.md",
        ..PRODUCT
    },
    Product {
        name: "Open WebUI",
        images: &["open-webui/open-webui"],
        users: ROOT,
        health: &["/health"],
        source: "https://github.com/open-webui/open-webui/blob/main/Dockerfile",
        ..PRODUCT
    },
    Product {
        name: "Qdrant",
        images: &["qdrant/qdrant"],
        users: &[("-unprivileged", 1000), ("", 0)],
        health: &["/healthz", "/livez", "/readyz"],
        metrics: Some((Some(6333), "/metrics")),
        other_ports: &[(6334, "gRPC"), (6335, "its cluster protocol")],
        source: "https://qdrant.tech/documentation/guides/monitoring/",
        ..PRODUCT
    },
    Product {
        name: "Letta",
        images: &["letta/letta"],
        users: &[("", 999)],
        capabilities: &["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
        health: &["/v1/health/", "/v1/health"],
        other_ports: &[(5432, "the PostgreSQL protocol"), (6379, "the Redis protocol")],
        retired: Some("is retired as a server: it no longer receives fixes, not even for security"),
        source: "https://github.com/letta-ai/letta",
        ..PRODUCT
    },
    Product {
        name: "Postgres",
        images: &["postgres", "library/postgres", "pgvector/pgvector"],
        users: &[("-alpine", 70), ("", 999)],
        capabilities: &["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
        other_ports: &[(5432, "the PostgreSQL protocol")],
        source: "https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh",
        ..PRODUCT
    },
    Product {
        name: "Mem0",
        images: &["mem0/mem0-api-server", "mem0"],
        users: ROOT,
        health: &["/docs", "/openapi.json"],
        source: "https://github.com/mem0ai/mem0/tree/main/server",
        ..PRODUCT
    },
    Product {
        name: "Memgraph",
        images: &["memgraph/memgraph", "memgraph/memgraph-mage"],
        users: &[("", 101)],
        other_ports: &[(7687, "Bolt"), (7444, "WebSocket")],
        sysctls: &[&sysctls::MEMGRAPH_MAPS],
        source: "https://memgraph.com/docs/database-management/configuration",
        ..PRODUCT
    },
    Product {
        name: "Phoenix",
        images: &["arizephoenix/phoenix"],
        users: &[("-nonroot", 65532), ("", 0)],
        health: &["/healthz", "/readyz"],
        metrics: Some((Some(9090), "/metrics")),
        metrics_need: Some(Need::Variable("PHOENIX_ENABLE_PROMETHEUS", "true")),
        other_ports: &[(4317, "OTLP over gRPC")],
        source: "https://github.com/Arize-ai/phoenix/blob/main/src/phoenix/config.py",
        ..PRODUCT
    },
    Product {
        name: "Prometheus",
        images: &["prom/prometheus", "prometheus/prometheus"],
        users: NOBODY,
        health: &["/-/healthy", "/-/ready"],
        metrics: Some((None, "/metrics")),
        source: "https://prometheus.io/docs/prometheus/latest/management_api/",
        ..PRODUCT
    },
    Product {
        name: "Alertmanager",
        images: &["prom/alertmanager", "prometheus/alertmanager"],
        users: NOBODY,
        health: &["/-/healthy", "/-/ready"],
        metrics: Some((None, "/metrics")),
        other_ports: &[(9094, "its cluster protocol")],
        source: "https://prometheus.io/docs/alerting/latest/management_api/",
        ..PRODUCT
    },
    Product {
        name: "Grafana",
        images: &["grafana/grafana", "grafana/grafana-oss", "grafana/grafana-enterprise"],
        users: &[("", 472)],
        health: &["/api/health", "/healthz"],
        metrics: Some((None, "/metrics")),
        password: Some("GF_SECURITY_ADMIN_PASSWORD"),
        source: "https://grafana.com/docs/grafana/latest/setup-grafana/configure-docker/",
        ..PRODUCT
    },
    Product {
        name: "node_exporter",
        images: &["prom/node-exporter", "prometheus/node-exporter"],
        users: NOBODY,
        health: &["/", "/metrics"],
        metrics: Some((None, "/metrics")),
        // It reads the mounts of process 1. In its own process namespace, these are the mounts of the container.
        host_pid: true,
        source: "https://github.com/prometheus/node_exporter#docker",
        ..PRODUCT
    },
    Product {
        name: "cAdvisor",
        images: &["google/cadvisor", "cadvisor/cadvisor"],
        users: ROOT,
        health: &["/healthz", "/metrics"],
        metrics: Some((None, "/metrics")),
        // Without `--store_container_labels=false`, it exports every label of every container, including these two.
        metrics_need: Some(Need::Argument(
            "--whitelisted_container_labels=com.docker.compose.project,com.docker.compose.service",
        )),
        // It connects to the socket of Docker, and to that of containerd if Docker keeps its images there. A program with access to
        // them has the power of root on the host. It reads Docker's own files below `/rootfs`.
        mounts: &[
            Mount { target: "/rootfs", host: "/", why: "Docker's files" },
            Mount { target: "/sys", host: "/sys", why: "the control groups" },
            Mount { target: "/var/run", host: "/var/run", why: "Docker's socket" },
        ],
        source: "https://github.com/google/cadvisor/blob/v0.60.5/docs/running.md",
        ..PRODUCT
    },
    Product {
        name: "dcgm-exporter",
        images: &["nvidia/k8s/dcgm-exporter"],
        health: &["/health", "/metrics"],
        metrics: Some((None, "/metrics")),
        source: "https://github.com/NVIDIA/dcgm-exporter",
        ..PRODUCT
    },
    Product {
        name: "kube-state-metrics",
        images: &["kube-state-metrics/kube-state-metrics"],
        users: &[("", 65534)],
        // `/livez` only passes on the state of the API server, and `/healthz` answers before there are metrics.
        health: &["/readyz", "/metrics"],
        health_note: Some("`/readyz` is on the port of `--telemetry-port`"),
        metrics: Some((None, "/metrics")),
        source: "https://github.com/kubernetes/kube-state-metrics#health-endpoints",
        ..PRODUCT
    },
    Product {
        name: "blackbox_exporter",
        images: &["prom/blackbox-exporter", "prometheus/blackbox-exporter"],
        health: &["/-/healthy"],
        metrics: Some((None, "/metrics")),
        source: "https://github.com/prometheus/blackbox_exporter",
        ..PRODUCT
    },
];

/// The product that an image contains, or that a command with these words starts.
pub fn find(image: &ImageRef, words: &[&str]) -> Option<&'static Product> {
    let by_image = |product: &&Product| product.images.iter().any(|name| is(image, name));
    let by_command =
        |product: &&Product| product.command.is_some_and(|word| words.iter().any(|text| text.contains(word)));
    PRODUCTS.iter().find(by_image).or_else(|| PRODUCTS.iter().find(by_command))
}

/// Whether an image has that name, in any registry.
fn is(image: &ImageRef, name: &str) -> bool {
    image.name().strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

impl Product {
    /// The user that writes its data in that image, if it is known.
    pub fn user(&self, image: &ImageRef) -> Option<u32> {
        let tag = image.tag().unwrap_or_default();
        self.users.iter().find(|(end, _)| tag.ends_with(end)).map(|(_, user)| *user)
    }
}

impl std::fmt::Display for Need {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Argument(argument) => write!(f, "`{argument}`"),
            Self::Variable(name, value) => write!(f, "`{name}: {value}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_whatever_its_registry() {
        let image = |text: &str| text.parse::<ImageRef>().unwrap();
        assert!(is(&image("docker.io/qdrant/qdrant:v1.19.0"), "qdrant/qdrant"));
        assert!(is(&image("qdrant/qdrant"), "qdrant/qdrant"));
        assert!(is(&image("postgres:17"), "postgres"));
        assert!(!is(&image("my-postgres:17"), "postgres"));
    }

    #[test]
    fn the_tag_tells_the_user() {
        let user = |text: &str| {
            let image: ImageRef = text.parse().unwrap();
            PRODUCTS.iter().find(|product| product.images.iter().any(|name| is(&image, name)))?.user(&image)
        };
        assert_eq!(user("qdrant/qdrant:v1.19.0-unprivileged"), Some(1000));
        assert_eq!(user("qdrant/qdrant:v1.19.0"), Some(0));
        assert_eq!(user("prom/prometheus:v3.14.0"), Some(65534));
        assert_eq!(user("pgvector/pgvector:pg17"), Some(999));
    }

    #[test]
    fn each_product_names_its_source() {
        for product in PRODUCTS {
            assert!(product.source.starts_with("https://"), "{}", product.name);
            assert!(!product.images.is_empty(), "{}", product.name);
        }
    }
}
