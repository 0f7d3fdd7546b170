//! Checks that prove the same whatever runs the services.

mod loading;
mod routes;

use askama::Template;
use omni_model::{
    Facts, budget,
    deployment::{Gpu, Host, Inference, Interleave, Service},
    names::{GpuName, HostName, ServiceName},
    registry::gpus,
    scenario::Runtime,
};
use serde_json::json;

use crate::{
    container::title,
    filters,
    step::{Check, Script},
};

pub(crate) use loading::{load_seconds, may_load};
pub(crate) use routes::routes;

/// How far a node's share of a service's memory may be from an even one, in percent.
const NUMA_TOLERANCE: u64 = 25;

/// How much of the expected tokens a second must come at least, in percent: the figure is about what one gets.
const RATE_TOLERANCE: u64 = 25;

struct Card<'a> {
    name: &'a str,
    model: &'a str,
    /// The words that stand in its name.
    words: Vec<String>,
    /// The words of other cards, whose names are longer.
    not_meant: Vec<Vec<String>>,
    uuid: Option<&'a str>,
    /// In lower case.
    pci: Option<String>,
    /// As the deployment has it.
    declared: String,
    /// The least that `nvidia-smi` shows of it, in MiB.
    least_shown: u64,
    /// What services are promised of it at most, in MiB.
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
    /// What runs a command in the container.
    inside: &'a [String],
    count: usize,
    /// What starts it again.
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
    /// Its namespace, where it is a pod.
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

/// Whether the GPUs of a host are those that are declared, and have what is promised of them; nothing if none is.
pub(crate) fn gpus(facts: &Facts<'_>, host_name: &HostName, host: &Host) -> Option<Check> {
    let count = host.gpus.len();
    let all: Vec<_> = host.gpus.values().map(|gpu| format!("{} with {}", gpu.model, gpu.vram)).collect();
    (count > 0).then(|| Check {
        name: "gpu-visible".to_owned(),
        title: "GPUs visible".to_owned(),
        expected: all.join(", "),
        after: None,
        script: Script::new(&Gpus { cards: cards(facts, host_name, host) }),
    })
}

fn cards<'a>(facts: &Facts<'_>, host_name: &HostName, host: &'a Host) -> Vec<Card<'a>> {
    let card = |(name, gpu): (&'a GpuName, &'a Gpu)| {
        let model = gpu.model.as_str();
        // A card that is known here is known by fewer words than people and drivers write.
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

/// The words of a command that runs another in a service's container.
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

/// Whether a service sees its GPUs from inside its container; nothing if it takes no memory of one.
pub(crate) fn gpus_inside(
    facts: &Facts<'_>,
    name: &ServiceName,
    service: &Service,
    after: &str,
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
    Some(Check {
        name: format!("gpu-inside-{name}"),
        title: format!("GPUs inside: {}", title(name, service)),
        expected: format!("{count} can be opened in its container"),
        after: Some(after.to_owned()),
        script,
    })
}

/// What proves that a service's inference works: the model is loaded, its memory lies where it should, and it answers.
pub(crate) fn inference(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Vec<Check> {
    let Some(inference) = &service.inference else { return numa(facts, name, service, None).collect() };
    let Some(endpoint) = facts.local_endpoint(name, &inference.port) else { return Vec::new() };
    let loaded = model_loaded(facts, &endpoint, name, service, inference);
    let after = Some(loaded.name.clone());
    let numa = numa(facts, name, service, after.clone());
    let answers = answers(&endpoint, name, service, inference, after);
    std::iter::once(loaded).chain(numa).chain([answers]).collect()
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
    Check {
        name: format!("model-loaded-{name}"),
        title: format!("Model loaded: {}", title(name, service)),
        expected: format!("{model} is listed"),
        after: None,
        script: may_load(facts, name, service, script),
    }
}

fn numa(
    facts: &Facts<'_>,
    name: &ServiceName,
    service: &Service,
    after: Option<String>,
) -> impl Iterator<Item = Check> {
    let spread = service.numa.as_ref().and_then(|numa| numa.interleave).map(|Interleave::All| ());
    let check = spread.and_then(|()| facts.host(service)).map(|(_, host)| Check {
        name: format!("numa-spread-{name}"),
        title: format!("NUMA: {}", title(name, service)),
        expected: format!(
            "memory on all {} nodes, spread evenly (within {NUMA_TOLERANCE} %)",
            host.numa_nodes
        ),
        after,
        script: Script::new(&NumaSpread {
            container: service.container(name),
            namespace: match facts.runtime(service) {
                Runtime::Compose => None,
                Runtime::Kubernetes => facts.namespace(&service.zone).map(|name| name.to_string()),
            },
            nodes: host.numa_nodes,
            tolerance: NUMA_TOLERANCE,
        }),
    });
    check.into_iter()
}

fn answers(
    endpoint: &str,
    name: &ServiceName,
    service: &Service,
    inference: &Inference,
    after: Option<String>,
) -> Check {
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
    Check {
        name: format!("inference-{name}"),
        title: format!("Inference works: {}", title(name, service)),
        expected: format!("an answer within {within}, about {rate} tokens a second (at least {least})"),
        after,
        script: Script::new(&Answers {
            url: &format!("http://{endpoint}/v1/chat/completions"),
            request: &request.to_string(),
            within: within.secs(),
            least,
        }),
    }
}

#[cfg(test)]
mod tests;
