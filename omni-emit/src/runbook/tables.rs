//! The rows of the runbook's tables.

use omni_model::{
    Facts, budget,
    deployment::{Deployment, Disk, Gpu, Level, Service, State},
    ledger::Ledger,
    names::ServiceName,
    reach::World,
    resolve::{self, Party, Target},
    running,
    scenario::{Link, Runtime},
};

use crate::{
    container::title,
    step::{Check, Step},
};

pub(super) struct LedgerTable {
    pub(super) title: String,
    pub(super) note: String,
    pub(super) rows: Vec<(String, String)>,
    pub(super) total: String,
    pub(super) share: String,
    /// The usable amount, if it is less than the capacity.
    pub(super) usable: Option<String>,
    pub(super) capacity: String,
}

pub(super) struct ServiceRow {
    pub(super) title: String,
    pub(super) ports: String,
    pub(super) zone: String,
    pub(super) status: &'static str,
    pub(super) runs_on: &'static str,
    pub(super) limit: String,
    pub(super) notes: String,
}

pub(super) struct PortRow {
    pub(super) service: String,
    pub(super) address: String,
    pub(super) published: String,
    pub(super) target: String,
}

pub(super) struct FlowRow {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) origin: String,
    pub(super) through: String,
}

pub(super) struct DashboardRow {
    pub(super) title: String,
    pub(super) url: String,
    pub(super) purpose: String,
}

pub(super) struct AlertRow {
    pub(super) name: String,
    pub(super) severity: &'static str,
    pub(super) summary: String,
}

pub(super) struct StepRow {
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) host: String,
    pub(super) targets: String,
    pub(super) reboot: bool,
    pub(super) checks: String,
}

pub(super) struct CheckRow {
    pub(super) title: String,
    pub(super) expected: String,
    pub(super) step: &'static str,
}

/// The ledgers of each host: RAM, the memory of its GPUs, and disks.
pub(super) fn ledgers(facts: &Facts<'_>) -> Vec<LedgerTable> {
    let deployment = facts.deployment();
    let mut tables = Vec::new();
    for (name, host) in &deployment.hosts {
        let running = running::active(facts, name);
        let ceiling = format!("at most {} may be promised, rounded to whole percent", host.ram.ceiling);
        tables.push(table(format!("RAM of {name}"), ceiling, &budget::ram(facts, name, host, &running)));
        let reserve = "the memory limits of the services that use the reserve".to_owned();
        tables.push(table(
            format!("Reserve of {name}"),
            reserve,
            &budget::reserve(facts, name, host, &running),
        ));
        for (gpu, ledger) in budget::vram(facts, name, host, &running) {
            let note = host.gpus.get(gpu).map(|gpu| vram_note(facts, gpu)).unwrap_or_default();
            tables.push(table(format!("VRAM of {gpu} of {name}"), note, &ledger));
        }
        if let (Some(ledger), Some(storage)) = (budget::disk(name, host, deployment), &host.storage) {
            let shared = (storage.disk == Disk::Root).then(|| ON_ROOT.to_owned());
            let notes: Vec<_> = storage.description.iter().map(ToString::to_string).chain(shared).collect();
            tables.push(table(format!("Disk of {name}, {}", storage.mount), notes.join(". "), &ledger));
        }
        if let Some(ledger) = budget::root(facts, name, host) {
            let note =
                "the reserve is for images, writable layers of containers, logs and the operating system";
            tables.push(table(format!("Root file system of {name}"), note.to_owned(), &ledger));
        }
    }
    tables
}

/// The note about a storage on the root file system.
const ON_ROOT: &str = "It is a folder of the root file system: if it is full, the machine stops working";

/// The model of a GPU, and how its usable memory is counted.
fn vram_note(facts: &Facts<'_>, gpu: &Gpu) -> String {
    let memory = facts.deployment().knowledge.gpu_memory(gpu);
    let counted = match (memory.shown, memory.reserved) {
        (Some(_), Some(_)) => {
            "the usable memory is the size that `nvidia-smi` shows, less the part that the driver reserves"
        }
        (Some(_), None) => {
            "the usable memory is the size that `nvidia-smi` shows; how much of it the driver reserves is unknown"
        }
        (None, _) => "the size that `nvidia-smi` shows is unknown",
    };
    format!("{}; {counted}", gpu.model)
}

fn table(title: String, note: String, ledger: &Ledger) -> LedgerTable {
    LedgerTable {
        title,
        note,
        rows: ledger.entries.iter().map(|entry| (entry.label.clone(), entry.amount.to_string())).collect(),
        total: ledger.total().to_string(),
        share: ledger.ratio().to_string(),
        usable: (ledger.usable != ledger.capacity).then(|| ledger.usable.counted()),
        capacity: ledger.capacity.to_string(),
    }
}

/// Every service of the option.
pub(super) fn services(facts: &Facts<'_>) -> Vec<ServiceRow> {
    let row = |(name, service): (&ServiceName, &Service)| {
        let zone = facts.deployment().zones.get(&service.zone).map(|zone| zone.title.to_string());
        let ports: Vec<_> = service.ports.values().map(|mapping| mapping.published.to_string()).collect();
        let vram: Vec<_> = service.vram.iter().map(|(gpu, vram)| format!("{gpu}: {vram}")).collect();
        let mut notes: Vec<String> = service.description.iter().map(ToString::to_string).collect();
        if !vram.is_empty() {
            notes.push(vram.join(" + "));
        }
        ServiceRow {
            title: title(name, service).to_owned(),
            ports: ports.join(", "),
            zone: zone.unwrap_or_default(),
            status: match &service.state {
                State::Active => "active",
                State::Standby(_) => "standby",
            },
            runs_on: match facts.runtime(service) {
                Runtime::Compose => "Docker Compose",
                Runtime::Kubernetes => "Kubernetes",
            },
            limit: service.memory_limit.to_string(),
            notes: notes.join("; "),
        }
    };
    facts.services().map(row).collect()
}

/// The APIs that others run.
pub(super) fn apis(deployment: &Deployment) -> Vec<ServiceRow> {
    let row = |api: &omni_model::deployment::Api| ServiceRow {
        title: api.title.to_string(),
        ports: api.slot.map(|slot| format!("{slot} (kept free)")).unwrap_or_default(),
        zone: String::new(),
        status: "external API",
        runs_on: "",
        limit: String::new(),
        notes: format!(
            "{}port {}",
            api.description.as_ref().map(|text| format!("{text}; ")).unwrap_or_default(),
            api.port
        ),
    };
    deployment.apis.values().map(row).collect()
}

/// Each standby and what it replaces.
pub(super) fn standbys(facts: &Facts<'_>) -> Vec<(String, String)> {
    let standby = |(name, service): (&ServiceName, &Service)| match &service.state {
        State::Standby(standby) => {
            let replaced: Vec<_> = standby.replaces.iter().map(ToString::to_string).collect();
            Some((name.to_string(), replaced.join(", ")))
        }
        State::Active => None,
    };
    facts.services().filter_map(standby).collect()
}

/// The address of each published port.
pub(super) fn ports(facts: &Facts<'_>) -> Vec<PortRow> {
    let mut rows = Vec::new();
    for (name, service) in facts.services() {
        if let Some((_, host)) = facts.host(service).filter(|_| service.host_network) {
            rows.extend(service.ports.values().map(|mapping| PortRow {
                service: title(name, service).to_owned(),
                address: host.address.to_string(),
                published: mapping.target.to_string(),
                target: "the host's network".to_owned(),
            }));
        }
        rows.extend(facts.publications(name).into_iter().map(|port| PortRow {
            service: title(name, service).to_owned(),
            address: port.address.to_string(),
            published: port.published.to_string(),
            target: port.target.to_string(),
        }));
    }
    rows
}

/// Who may talk to whom.
pub(super) fn flows<'a>(facts: &Facts<'a>, world: &World<'a>) -> Vec<FlowRow> {
    let row = |link: &Link<'a>| FlowRow {
        from: match link.from {
            Party::Service(name, service) => title(name, service).to_owned(),
            Party::Zone(_, zone) => zone.title.to_string(),
            Party::Host(name, _) => name.to_string(),
            Party::Lan => "LAN".to_owned(),
            Party::Operator => "operator".to_owned(),
            Party::Internet => "internet".to_owned(),
        },
        to: match link.to {
            Target::Port(name, service, port, _) => format!("{} ({port})", title(name, service)),
            Target::Api(_, api) => format!("{} ({})", api.title, api.port),
            Target::Internet => "internet (443)".to_owned(),
        },
        origin: link.origin.to_string(),
        through: crate::reach::through(world, link),
    };
    facts.links().iter().map(row).collect()
}

/// The pages that people look at.
pub(super) fn dashboards(facts: &Facts<'_>) -> Vec<DashboardRow> {
    let deployment = facts.deployment();
    let row = |dashboard: &omni_model::deployment::Dashboard| {
        let (name, service, port, mapping) = resolve::port(deployment, &dashboard.at)?;
        let (_, host) = facts.host(service)?;
        let published = facts.publications(name).into_iter().find(|published| published.name == port);
        let port = published.map_or(mapping.target, |published| published.published);
        Some(DashboardRow {
            title: dashboard.title.to_string(),
            url: format!("http://{}:{port}", host.address),
            purpose: dashboard.purpose.to_string(),
        })
    };
    deployment
        .monitoring
        .iter()
        .flat_map(|monitoring| monitoring.dashboards.values())
        .filter_map(row)
        .collect()
}

/// The alerts.
pub(super) fn alerts(deployment: &Deployment) -> Vec<AlertRow> {
    let alerts = deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts);
    let row = |(name, alert): (&omni_model::names::AlertName, &omni_model::deployment::Alert)| AlertRow {
        name: name.to_string(),
        severity: match alert.severity {
            Level::Critical => "critical",
            Level::Warning => "warning",
            Level::None => "none",
        },
        summary: alert.summary.to_string(),
    };
    alerts.map(row).collect()
}

/// A step.
pub(super) fn step(step: &Step) -> StepRow {
    let checks: Vec<_> = step.verify.iter().map(|check| check.title.clone()).collect();
    StepRow {
        name: step.id.as_str(),
        title: step.title.clone(),
        host: step.host.to_string(),
        targets: step.targets.clone(),
        reboot: step.reboot,
        checks: checks.join(", "),
    }
}

/// A check, and the step that it proves.
pub(super) fn check((step, check): (&'static str, &Check)) -> CheckRow {
    CheckRow { title: check.title.clone(), expected: check.expected.clone(), step }
}
