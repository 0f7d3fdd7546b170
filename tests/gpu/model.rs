//! A deployment for the cards that a machine has.

use omni::{Checked, check, model::Context};
use serde_json::{Map, Value, json};

use crate::card::Card;

/// What is declared where a card shows no memory of its own.
const SHARED: u64 = 16 << 10;

/// A GPU as a deployment has it, and what its one service is promised of it. Sizes are in MiB.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) model: String,
    pub(crate) vram: u64,
    pub(crate) uuid: Option<String>,
    pub(crate) pci: Option<String>,
    pub(crate) promised: u64,
    /// Whether the model says itself which sizes the card is sold with. What the author says stands before what Omni knows, so that
    /// a wrong size reaches the machine.
    pub(crate) taught: bool,
}

impl Declared {
    /// The card as it is, all of what can be had of it promised.
    pub(crate) fn as_shown(card: &Card) -> Self {
        let (vram, promised) = card.memory.map_or((SHARED, SHARED / 2), |it| (it.total, it.usable()));
        // nvidia-smi writes the domain with eight digits, the kernel and the model with four.
        let pci = card.pci.strip_prefix("0000").unwrap_or(&card.pci).to_owned();
        Self {
            model: card.name.clone(),
            vram,
            uuid: Some(card.uuid.clone()),
            pci: Some(pci),
            promised,
            taught: false,
        }
    }
}

/// A host with these GPUs and a service that takes them.
///
/// # Errors
///
/// What the rules find wrong with it.
pub(crate) fn deployment(gpus: &[Declared]) -> Result<Checked, String> {
    let mebibytes = |count: u64| Value::from(format!("{count} MiB"));
    let (mut declared, mut promised, mut known) = (Map::new(), Map::new(), Map::new());
    for (i, gpu) in gpus.iter().enumerate() {
        let name = format!("gpu{i}");
        let mut entry = json!({ "model": gpu.model, "vram": mebibytes(gpu.vram) });
        for (key, value) in [("uuid", &gpu.uuid), ("pci", &gpu.pci)] {
            if let Some(value) = value {
                entry[key] = value.as_str().into();
            }
        }
        declared.insert(name.clone(), entry);
        promised.insert(name, mebibytes(gpu.promised));
        if gpu.taught {
            known.insert(gpu.model.clone(), json!({ "vram": [mebibytes(gpu.vram)], "source": "the test" }));
        }
    }
    let document = json!({
        "name": "gpu", "version": "1",
        "knowledge": { "gpus": known },
        "hosts": { "here": {
            "address": "192.168.1.10",
            "lan": { "interface": "eno1", "cidr": "192.168.1.0/24" },
            "ram": { "capacity": "64 GiB", "ceiling": "90%", "reserve": "8 GiB" },
            "root": { "capacity": "250 GB", "reserve": "100 GB" },
            "gpus": declared,
        } },
        "zones": { "models": { "title": "Models" } },
        "stacks": { "models": {} },
        "services": { "model": {
            "zone": "models", "stack": "models",
            "image": { "reference": "ollama/ollama:0.32.15" },
            "ports": { "http": "11434" },
            "memory": { "models": "24 GiB" }, "memory_limit": "32 GiB",
            "vram": promised,
            "health": { "http": { "port": "http", "path": "/" } },
        } },
    });
    let deployment = serde_json::from_value(document).map_err(|error| error.to_string())?;
    check(deployment, &Context::default()).map_err(|report| {
        let errors: Vec<_> = report.errors().map(ToString::to_string).collect();
        errors.join("\n")
    })
}
