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

/// The release of Docker on the machine: that of the package which `disk` installs.
const DOCKER: &str = "26";

/// Where the alerts go: an address of the LAN at which QEMU answers.
pub(crate) const RECEIVER: (&str, u16) = ("192.168.3.20", 8080);

/// The folders of the bundles with containers on the machine.
pub(crate) const V15: &str = "/srv/v15";
pub(crate) const HOME: &str = "/srv/home";

/// A deployment with its containers, for this machine.
pub(crate) struct Whole {
    pub(crate) model: Checked,
    /// Its folder on the machine.
    pub(crate) bundle: &'static str,
    /// What `deploy.sh` is told.
    pub(crate) confirm: String,
}

impl Whole {
    /// v15 without its kernel's parameters, which the host alone is tried with, and without gVisor, which the stack is.
    pub(crate) fn v15() -> Self {
        let change = json!({
            "hosts": { "omni": { "kernel": null } },
            "zones": { "hands": { "sandbox": null } },
        });
        Self::of(&omni_testbed::v15(), &change, V15)
    }

    /// `home`, with the network and the disk of this machine.
    pub(crate) fn home() -> Self {
        let change = json!({
            "hosts": { "attic": {
                "address": "192.168.3.10",
                "lan": { "interface": "eno1", "cidr": "192.168.3.0/24" },
                "storage": { "mount": "/nvme" },
            } },
        });
        Self::of(&omni_testbed::home(), &change, HOME)
    }

    fn of(plan: &Checked, change: &Value, bundle: &'static str) -> Self {
        let mut variant = Variant::of(plan).unwrap().small().on_docker(DOCKER.parse().unwrap()).with(change).with(&json!({
            "services": { "prometheus": { "memory_limit": "512 MiB" } },
            "apis": { "receiver": { "title": "Receiver", "address": RECEIVER.0, "port": RECEIVER.1.to_string() } },
            "monitoring": { "scrape_interval": "5s", "receiver": { "at": "receiver" } },
        }));
        if plan.monitoring.as_ref().is_some_and(|monitoring| monitoring.watchdog.is_some()) {
            variant = variant.with(&json!({ "monitoring": { "watchdog": { "at": "receiver" } } }));
        }
        for name in plan.hosts.keys() {
            variant = variant.with(&json!({ "hosts": { name.as_str(): {
                "ram": { "capacity": "6 GiB", "usable": "5700 MiB", "reserve": "3 GiB" },
                "storage": { "capacity": "512 MiB", "directories": { "prometheus": { "size": "64 MiB" } } },
            } } }));
        }
        let model = variant.check().unwrap_or_else(|error| panic!("{error}"));
        let confirm =
            model.authorization.as_ref().map(|it| format!("--confirm {}", it.word)).unwrap_or_default();
        Self { model, bundle, confirm }
    }
}
