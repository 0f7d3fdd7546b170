//! Checks that prove the same whatever runs the services.

mod routes;

use askama::Template;
use omni_model::{
    Scenario,
    deployment::{Gpu, Host, Inference, Interleave, Service},
    names::ServiceName,
    scenario::Runtime,
    units::Bytes,
};
use serde_json::json;

use crate::{
    container::title,
    step::{Check, Script},
};

pub(crate) use routes::routes;

/// How far a GPU's memory may be from what is declared, in percent: the driver keeps some of it for itself.
const VRAM_TOLERANCE: u64 = 5;

/// How far a node's share of a service's memory may be from an even one, in percent.
const NUMA_TOLERANCE: u64 = 25;

/// How much of the expected tokens a second must come at least, in percent: the figure is about what one gets.
const RATE_TOLERANCE: u64 = 25;

struct Card {
    mebibytes: u64,
    /// What `nvidia-smi` must show of it, as far as it is known.
    shows: Vec<String>,
}

#[derive(Template)]
#[template(path = "checks/gpus.sh")]
struct Gpus {
    cards: Vec<Card>,
    tolerance: u64,
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
    service: &'a str,
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

/// Whether the GPUs of a host are those that are declared; nothing if none is.
pub(crate) fn gpus(host: &Host) -> Option<Check> {
    let card = |gpu: &Gpu| Card {
        mebibytes: gpu.vram.mebibytes(),
        shows: [gpu.uuid.as_ref().map(ToString::to_string), gpu.pci.as_ref().map(ToString::to_string)]
            .into_iter()
            .flatten()
            .collect(),
    };
    let total = Bytes::checked_sum(host.gpus.values().map(|gpu| gpu.vram))?;
    let count = host.gpus.len();
    (count > 0).then(|| Check {
        name: "gpu-visible".to_owned(),
        title: "GPUs visible".to_owned(),
        expected: format!("{count} GPU{}, {total} in all", if count == 1 { "" } else { "s" }),
        after: None,
        script: Script::new(&Gpus {
            cards: host.gpus.values().map(card).collect(),
            tolerance: VRAM_TOLERANCE,
        }),
    })
}

/// What proves that a service's inference works: the model is loaded, its memory lies where it should, and it answers.
pub(crate) fn inference(scenario: &Scenario<'_>, name: &ServiceName, service: &Service) -> Vec<Check> {
    let Some(inference) = &service.inference else { return numa(scenario, name, service, None).collect() };
    let Some(endpoint) = scenario.local_endpoint(name, &inference.port) else { return Vec::new() };
    let loaded = model_loaded(&endpoint, name, service, inference);
    let after = Some(loaded.name.clone());
    let numa = numa(scenario, name, service, after.clone());
    let answers = answers(&endpoint, name, service, inference, after);
    std::iter::once(loaded).chain(numa).chain([answers]).collect()
}

fn model_loaded(endpoint: &str, name: &ServiceName, service: &Service, inference: &Inference) -> Check {
    let model = inference.served_model.as_str();
    Check {
        name: format!("model-loaded-{name}"),
        title: format!("Model loaded: {}", title(name, service)),
        expected: format!("{model} is listed"),
        after: None,
        script: Script::new(&ModelLoaded { url: &format!("http://{endpoint}/v1/models"), model }),
    }
}

fn numa(
    scenario: &Scenario<'_>,
    name: &ServiceName,
    service: &Service,
    after: Option<String>,
) -> impl Iterator<Item = Check> {
    let spread = service.numa.as_ref().and_then(|numa| numa.interleave).map(|Interleave::All| ());
    let check = spread.and_then(|()| scenario.host(service)).map(|(_, host)| Check {
        name: format!("numa-spread-{name}"),
        title: format!("NUMA: {}", title(name, service)),
        expected: format!(
            "memory on all {} nodes, spread evenly (within {NUMA_TOLERANCE} %)",
            host.numa_nodes
        ),
        after,
        script: Script::new(&NumaSpread {
            service: name.as_str(),
            namespace: match scenario.runtime(service) {
                Runtime::Compose => None,
                Runtime::Kubernetes => scenario.namespace(&service.zone).map(|name| name.to_string()),
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
