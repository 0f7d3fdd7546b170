//! Checks that are the same for Docker Compose and Kubernetes.

mod loading;
mod routes;

use askama::Template;
use omni_model::{
    Facts, budget,
    catalog::gpus,
    deployment::{Gpu, Host, Inference, Interleave, Service},
    names::{GpuName, HostName, ServiceName},
    scenario::Runtime,
};
use serde_json::json;

use crate::{
    container::title,
    filters,
    step::{Check, CheckKind, Script},
    text::counted,
};

pub(crate) use loading::{load_seconds, may_load};
pub(crate) use routes::{ROUTE, routes};

/// The check of a host's GPUs.
pub(crate) const GPU_VISIBLE: CheckKind = CheckKind::new("gpu-visible");

/// The check of the GPUs that a service sees.
pub(crate) const GPU_INSIDE: CheckKind = CheckKind::new("gpu-inside");

/// The check that a service has loaded its model.
pub(crate) const MODEL_LOADED: CheckKind = CheckKind::new("model-loaded");

/// The check of where a service's memory lies.
pub(crate) const NUMA_SPREAD: CheckKind = CheckKind::new("numa-spread");

/// The check that a model answers.
pub(crate) const INFERENCE: CheckKind = CheckKind::new("inference");

/// The check of a sandbox.
pub(crate) const SANDBOX: CheckKind = CheckKind::new("sandbox");

/// The check of restart loops.
pub(crate) const RESTARTS: CheckKind = CheckKind::new("restarts");

/// How far the share of a NUMA node may differ from an even share, in percent.
const NUMA_TOLERANCE: u64 = 25;

/// How far the measured tokens per second may be below the expected number, in percent.
const RATE_TOLERANCE: u64 = 25;

struct Card<'a> {
    name: &'a str,
    model: &'a str,
    /// The words that its name must contain.
    words: Vec<String>,
    /// The words of other cards, whose names contain this one.
    not_meant: Vec<Vec<String>>,
    uuid: Option<&'a str>,
    /// In lower case.
    pci: Option<String>,
    /// As the deployment states it.
    declared: String,
    /// The least memory that `nvidia-smi` may show, in MiB.
    least_shown: u64,
    /// The most memory that services need, in MiB.
    promised: u64,
}

#[derive(Template)]
#[template(path = "checks/gpus.sh")]
struct Gpus<'a> {
    cards: Vec<Card<'a>>,
}

#[derive(Template)]
#[template(path = "checks/gpu-inside.sh")]
struct GpuInside<'a> {
    /// The words of a command that runs another one in the container.
    inside: &'a [String],
    count: usize,
    /// The command that restarts the container.
    again: &'a str,
}

#[derive(Template)]
#[template(path = "checks/model-loaded.sh")]
struct ModelLoaded<'a> {
    url: &'a str,
    model: &'a str,
}

#[derive(Template)]
#[template(path = "checks/numa.sh")]
struct NumaSpread<'a> {
    container: &'a str,
    /// Its namespace, if it is a pod.
    namespace: Option<String>,
    nodes: u32,
    tolerance: u64,
}

#[derive(Template)]
#[template(path = "checks/inference.sh")]
struct Answers<'a> {
    url: &'a str,
    request: &'a str,
    within: u64,
    least: u64,
}

/// Checks that the GPUs of a host are the declared ones and have the promised memory. `None` for a host without GPUs.
pub(crate) fn gpus(facts: &Facts<'_>, host_name: &HostName, host: &Host) -> Option<Check> {
    let count = host.gpus.len();
    let all: Vec<_> = host.gpus.values().map(|gpu| format!("{} with {}", gpu.model, gpu.vram)).collect();
    (count > 0).then(|| {
        Check::new(
            GPU_VISIBLE,
            "GPUs visible",
            all.join(", "),
            Script::new(&Gpus { cards: cards(facts, host_name, host) }),
        )
    })
}

fn cards<'a>(facts: &Facts<'_>, host_name: &HostName, host: &'a Host) -> Vec<Card<'a>> {
    let card = |(name, gpu): (&'a GpuName, &'a Gpu)| {
        let model = gpu.model.as_str();
        // The name of a known card has fewer words than people and drivers write.
        let known = gpus::find(model).map_or(model, |known| known.name);
        let promised = budget::vram_cases(facts, host_name, host, name);
        let promised = promised.iter().map(|case| case.ledger.total()).max().unwrap_or_default();
        let memory = facts.deployment().knowledge.gpu_memory(gpu);
        Card {
            name: name.as_str(),
            model,
            words: gpus::words(known).collect(),
            not_meant: gpus::not_meant(known),
            uuid: gpu.uuid.as_ref().map(AsRef::as_ref),
            pci: gpu.pci.as_ref().map(|pci| pci.to_string().to_lowercase()),
            declared: gpu.vram.to_string(),
            least_shown: memory.least_shown().get() >> 20,
            promised: promised.mebibytes(),
        }
    };
    host.gpus.iter().map(card).collect()
}

/// The words of a command that runs another one in a service's container.
pub(crate) fn inside(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Option<Vec<String>> {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    Some(match facts.runtime(service) {
        Runtime::Compose => words(&format!("docker exec {}", service.container(name))),
        Runtime::Kubernetes => {
            let namespace = facts.namespace(&service.zone)?;
            let deployment = service.workload(name);
            words(&format!("k3s kubectl --namespace {namespace} exec deployment/{deployment} --"))
        }
    })
}

/// Checks that a service sees its GPUs inside its container. `None` if it uses no GPU memory.
pub(crate) fn gpus_inside(
    facts: &Facts<'_>,
    name: &ServiceName,
    service: &Service,
    after: CheckKind,
) -> Option<Check> {
    let count = service.vram.values().filter(|amount| !amount.is_zero()).count();
    (count > 0).then_some(())?;
    let again = match facts.runtime(service) {
        Runtime::Compose => format!("docker restart {}", service.container(name)),
        Runtime::Kubernetes => {
            let namespace = facts.namespace(&service.zone)?;
            let deployment = service.workload(name);
            format!("k3s kubectl --namespace {namespace} rollout restart deployment/{deployment}")
        }
    };
    let script = Script::new(&GpuInside { inside: &inside(facts, name, service)?, count, again: &again });
    Some(
        Check::new(
            GPU_INSIDE.of(name),
            format!("GPUs in the container: {}", title(name, service)),
            format!("{} can be opened in the container", counted(count, "GPU")),
            script,
        )
        .after(after),
    )
}

/// Checks that a service's inference works: the model is loaded, its memory is placed as declared, and it answers.
pub(crate) fn inference(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Vec<Check> {
    let Some(inference) = &service.inference else {
        return numa(facts, name, service).into_iter().collect();
    };
    let Some(endpoint) = facts.local_endpoint(name, &inference.port) else { return Vec::new() };
    let loaded = model_loaded(facts, &endpoint, name, service, inference);
    let numa = numa(facts, name, service).map(|check| check.after(&loaded.id));
    let answers = answers(&endpoint, name, service, inference).after(&loaded.id);
    [loaded].into_iter().chain(numa).chain([answers]).collect()
}

fn model_loaded(
    facts: &Facts<'_>,
    endpoint: &str,
    name: &ServiceName,
    service: &Service,
    inference: &Inference,
) -> Check {
    let model = inference.served_model.as_str();
    let script = Script::new(&ModelLoaded { url: &format!("http://{endpoint}/v1/models"), model });
    Check::new(
        MODEL_LOADED.of(name),
        format!("Model loaded: {}", title(name, service)),
        format!("the server lists {model}"),
        may_load(facts, name, service, script),
    )
}

fn numa(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Option<Check> {
    let spread = service.numa.as_ref().and_then(|numa| numa.interleave).map(|Interleave::All| ());
    spread.and_then(|()| facts.host(service)).map(|(_, host)| {
        Check::new(
            NUMA_SPREAD.of(name),
            format!("NUMA: {}", title(name, service)),
            format!("memory on all {} nodes, spread evenly (within {NUMA_TOLERANCE} %)", host.numa_nodes),
            Script::new(&NumaSpread {
                container: service.container(name),
                namespace: match facts.runtime(service) {
                    Runtime::Compose => None,
                    Runtime::Kubernetes => facts.namespace(&service.zone).map(|name| name.to_string()),
                },
                nodes: host.numa_nodes,
                tolerance: NUMA_TOLERANCE,
            }),
        )
    })
}

fn answers(endpoint: &str, name: &ServiceName, service: &Service, inference: &Inference) -> Check {
    let Inference { within, tokens_per_second, .. } = *inference;
    let rate = u64::from(tokens_per_second);
    // Half of the time is for the prompt.
    let max_tokens = (within.secs().saturating_mul(rate) / 2).max(1);
    let request = json!({
        "model": inference.served_model,
        "messages": [{"role": "user", "content": inference.prompt}],
        "max_tokens": max_tokens,
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    let least = rate.saturating_mul(100 - RATE_TOLERANCE) / 100;
    Check::new(
        INFERENCE.of(name),
        format!("Inference works: {}", title(name, service)),
        format!("an answer within {within}, at about {rate} tokens per second (at least {least})"),
        Script::new(&Answers {
            url: &format!("http://{endpoint}/v1/chat/completions"),
            request: &request.to_string(),
            within: within.secs(),
            least,
        }),
    )
}

#[cfg(test)]
mod tests;
