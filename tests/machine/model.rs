//! The plan's host, scaled to the machine: in the model, so that what is emitted runs as it is.

use std::error::Error;

use omni::{
    Checked,
    model::{
        deployment::{Host, Opening, OpeningTarget, Source},
        units::PortRange,
    },
};
use omni_testbed::Variant;
use serde_json::{Value, json};

/// What runs in containers, and what is there for it.
const CONTAINERS: [&str; 11] = [
    "services",
    "models",
    "stacks",
    "zones",
    "options",
    "apis",
    "secrets",
    "flows",
    "network_policies",
    "cluster",
    "monitoring",
];

/// The plan's host alone, as small as the machine.
pub(crate) fn of_the_host(plan: &Checked) -> Result<Checked, Box<dyn Error>> {
    let mut variant = Variant::of(plan)?.small();
    for key in CONTAINERS {
        variant = variant.with(&json!({ key: null }));
    }
    // What a deployment always has.
    variant = variant.with(&json!({ "services": {}, "stacks": {}, "zones": {} }));
    for (name, host) in &plan.hosts {
        let storage = json!({ "models": null });
        let ram = json!({ "capacity": "1 GiB", "usable": "900 MiB", "reserve": "512 MiB" });
        let changes = json!({ "openings": openings(plan, host), "storage": storage, "ram": ram });
        variant = variant.with(&json!({ "hosts": { name.as_str(): changes } }));
    }
    Ok(variant.check()?)
}

/// The same without the kernel's parameters, which want a new start.
pub(crate) fn without_kernel(model: &Checked) -> Result<Checked, Box<dyn Error>> {
    let without = |name: &str| json!({ "hosts": { name: { "kernel": Value::Null } } });
    let variant = Variant::of(model)?;
    Ok(model.hosts.keys().fold(variant, |variant, name| variant.with(&without(name.as_str()))).check()?)
}

/// The openings by their numbers, since the services and the cluster that they name are left out.
fn openings(plan: &Checked, host: &Host) -> Vec<Opening> {
    let mut openings = host.openings.clone();
    for opening in &mut openings {
        if let OpeningTarget::Port(of) = &opening.to
            && let Some((_, service)) =
                plan.services.iter().find(|(name, _)| name.as_str() == of.service.as_str())
            && let Some(mapping) = service.ports.get(&of.port)
        {
            let (first, protocol) = (mapping.published, mapping.protocol);
            opening.to = OpeningTarget::Ports(PortRange { first, last: first, protocol });
        }
        opening.from = match (opening.from, &plan.cluster) {
            (Source::Pods, Some(cluster)) => Source::Cidr(cluster.pod_cidr),
            (Source::Services, Some(cluster)) => Source::Cidr(cluster.service_cidr),
            (from, _) => from,
        };
    }
    openings
}
