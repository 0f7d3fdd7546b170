//! The products that deployments are made of: what each needs, and where it answers.

use super::sysctls::{self, Sysctl};
use crate::names::ImageRef;

/// A product.
#[derive(Debug)]
pub struct Product {
    /// Its name.
    pub name: &'static str,
    /// The names of its images, without the registry.
    pub images: &'static [&'static str],
    /// A word of its command line, by which it is known in another image.
    pub command: Option<&'static str>,
    /// The user that writes its data, by the end of the image's tag: the first that fits.
    pub users: &'static [(&'static str, u32)],
    /// What it cannot start without where it starts as root.
    pub capabilities: &'static [&'static str],
    /// The paths at which it answers with success while it works; none where it does not speak HTTP.
    pub health: &'static [&'static str],
    /// What has to be known about these paths.
    pub health_note: Option<&'static str>,
    /// That its answer takes a while.
    pub slow_health: Option<SlowHealth>,
    /// Where its metrics are: the port in the container, if it is always the same, and the path.
    pub metrics: Option<(Option<u16>, &'static str)>,
    /// Without which it has no metrics.
    pub metrics_need: Option<Need>,
    /// How it is told to split a model over several GPUs; none where it is not known to.
    pub tensor_parallel: Option<&'static TensorParallel>,
    /// Ports that speak something else than HTTP, and what.
    pub other_ports: &'static [(u16, &'static str)],
    /// Settings of the running kernel that it asks for.
    pub sysctls: &'static [&'static Sysctl],
    /// The variable that sets a password where it would have a known one.
    pub password: Option<&'static str>,
    /// Whether it needs to see the host's processes.
    pub host_pid: bool,
    /// What it needs of the host's files: where it looks, the path on the host, and what it finds there.
    pub mounts: &'static [Mount],
    /// That nobody maintains it any more, as the end of the sentence "NAME …".
    pub retired: Option<&'static str>,
    /// Where all that stands.
    pub source: &'static str,
}

/// A health endpoint whose answer takes a while.
#[derive(Debug)]
pub struct SlowHealth {
    /// How many seconds at most.
    pub seconds: u64,
    /// Why.
    pub why: &'static str,
    /// The variable and its value with which it answers at once.
    pub unless: (&'static str, &'static str),
}

/// How a model server is told to split a model over several GPUs, which it does over one where nothing is said.
#[derive(Debug)]
pub struct TensorParallel {
    /// The names of the argument.
    pub names: &'static [&'static str],
    /// How the names of arguments begin that use GPUs in other ways: several copies of a model, or its stages.
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

/// A path of the host's that a product looks into.
#[derive(Debug)]
pub struct Mount {
    /// Where the product looks.
    pub target: &'static str,
    /// What must be there.
    pub host: &'static str,
    /// What it finds there.
    pub why: &'static str,
}

/// What switches something on.
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

/// The products that are known here.
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
        other_ports: &[(6334, "gRPC"), (6335, "the cluster's own protocol")],
        source: "https://qdrant.tech/documentation/guides/monitoring/",
        ..PRODUCT
    },
    Product {
        name: "Letta",
        images: &["letta/letta"],
        users: &[("", 999)],
        capabilities: &["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
        health: &["/v1/health/", "/v1/health"],
        other_ports: &[(5432, "Postgres' own protocol"), (6379, "Redis' own protocol")],
        retired: Some("is retired as a server: it gets no more fixes, not even for security"),
        source: "https://github.com/letta-ai/letta",
        ..PRODUCT
    },
    Product {
        name: "Postgres",
        images: &["postgres", "library/postgres", "pgvector/pgvector"],
        users: &[("-alpine", 70), ("", 999)],
        capabilities: &["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"],
        other_ports: &[(5432, "Postgres' own protocol")],
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
        other_ports: &[(7687, "Bolt"), (7444, "a WebSocket of log lines")],
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
        other_ports: &[(9094, "the cluster's own protocol")],
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
        // It reads the mounts of process 1: in a process namespace of its own, those are the container's.
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
        // Without `--store_container_labels=false` it shows every label of every container, these two among them.
        metrics_need: Some(Need::Argument(
            "--whitelisted_container_labels=com.docker.compose.project,com.docker.compose.service",
        )),
        // It asks Docker about each container, and containerd where Docker keeps its images there, by their sockets. Who holds those
        // can do on the host what root can. Docker's own files it finds below `/rootfs`.
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
        // `/livez` is the API server's own, which kube-state-metrics passes on, and `/healthz` answers before there is a metric.
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

/// The product of an image, or of a command of these words.
pub fn find(image: &ImageRef, words: &[&str]) -> Option<&'static Product> {
    let by_image = |product: &&Product| product.images.iter().any(|name| is(image, name));
    let by_command =
        |product: &&Product| product.command.is_some_and(|word| words.iter().any(|text| text.contains(word)));
    PRODUCTS.iter().find(by_image).or_else(|| PRODUCTS.iter().find(by_command))
}

/// Whether an image has that name, whatever its registry.
fn is(image: &ImageRef, name: &str) -> bool {
    image.name().strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

impl Product {
    /// The user that writes its data in that image, if that is known.
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
