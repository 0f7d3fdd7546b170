//! The ledgers of a deployment: RAM, VRAM and disks, for each combination of services that may run together.

use indexmap::IndexMap;

use crate::{
    deployment::{Deployment, Disk, Eviction, Host, Kernel, Service, Swap},
    ledger::{Ledger, sum},
    message::{Names, Said, said},
    names::{GpuName, HostName, ServiceName},
    path::ModelPath,
    running::{self, Running},
    scenario::Scenario,
    units::{Bytes, Percent},
};

/// A ledger of the services that normally run, or of the combination with standbys that requests the most.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The standbys that run. Empty for the services that normally run.
    pub standbys: Vec<&'a ServiceName>,
    /// What each service requests.
    pub ledger: Ledger,
}

/// Returns the ledger of the services that normally run. If a combination with standbys requests more, it also returns the
/// ledger of the combination that requests the most.
fn cases<'a>(
    scenario: &Scenario<'a>,
    host: &HostName,
    demand: impl Fn(&'a Service) -> Bytes,
    ledger: impl Fn(&Running<'a>) -> Ledger,
) -> Vec<Case<'a>> {
    let active = running::active(scenario, host);
    let worst = running::worst(scenario, host, |service| demand(service).get());
    let standbys: Vec<_> = worst.difference(&active).copied().collect();
    let mut cases = vec![Case { standbys: Vec::new(), ledger: ledger(&active) }];
    if !standbys.is_empty() {
        cases.push(Case { standbys, ledger: ledger(&worst) });
    }
    cases
}

/// Returns the cases of [`ram`].
pub fn ram_cases<'a>(scenario: &Scenario<'a>, name: &HostName, host: &Host) -> Vec<Case<'a>> {
    let kept = |service: &Service| sum(service.memory.values().copied());
    cases(scenario, name, kept, |running| ram(scenario, name, host, running))
}

/// Returns the cases of [`limits`].
pub fn limit_cases<'a>(scenario: &Scenario<'a>, name: &HostName, host: &Host) -> Vec<Case<'a>> {
    let limit = |service: &Service| service.memory_limit;
    cases(scenario, name, limit, |running| limits(scenario, name, host, running))
}

/// Returns the cases of [`reserve`].
pub fn reserve_cases<'a>(scenario: &Scenario<'a>, name: &HostName, host: &Host) -> Vec<Case<'a>> {
    let limit = |service: &Service| {
        if service.memory.is_empty() { service.memory_limit } else { Bytes::ZERO }
    };
    cases(scenario, name, limit, |running| reserve(scenario, name, host, running))
}

/// Returns the cases of [`vram`] for one GPU.
pub fn vram_cases<'a>(scenario: &Scenario<'a>, name: &HostName, host: &Host, gpu: &GpuName) -> Vec<Case<'a>> {
    let asked = |service: &Service| service.vram.get(gpu).copied().unwrap_or_default();
    cases(scenario, name, asked, |running| {
        let mut ledgers = vram(scenario, name, host, running);
        ledgers.swap_remove(gpu).unwrap_or_else(|| Ledger::new(Bytes::ZERO))
    })
}

/// Returns the RAM ledger of a host: the memory components of the running services, the reserve and huge pages.
pub fn ram(scenario: &Scenario<'_>, name: &HostName, host: &Host, running: &Running<'_>) -> Ledger {
    let mut ledger = Ledger::of(host.ram.capacity, host.ram.available());
    ledger.limit = ledger.limit.min(host.ram.ceiling.of(host.ram.capacity));
    for (service, path, asked) in running_on(scenario, name, running) {
        for (component, amount) in &asked.memory {
            ledger.add(format!("{service} {component}"), *amount, path.key("memory").key(component));
        }
    }
    ledger.add("reserve", host.ram.reserve, at(name).key("ram").key("reserve"));
    huge_pages(&mut ledger, name, host);
    ledger
}

fn at(host: &HostName) -> ModelPath {
    ModelPath::root().key("hosts").key(host)
}

/// Adds the huge pages that the kernel reserves at boot. Nothing else can use that memory.
fn huge_pages(ledger: &mut Ledger, name: &HostName, host: &Host) {
    let kernel = host.kernel.iter().flat_map(Kernel::huge_pages);
    for (parameter, size) in kernel {
        let path = at(name).key("kernel").key("parameters").key(parameter);
        ledger.add(format!("huge pages, {parameter}"), size, path);
    }
}

/// Returns the RAM ledger of a host by limits: the memory limits of the running services and huge pages.
pub fn limits(scenario: &Scenario<'_>, name: &HostName, host: &Host, running: &Running<'_>) -> Ledger {
    let mut ledger = Ledger::of(host.ram.capacity, host.ram.available());
    for (service, path, asked) in running_on(scenario, name, running) {
        ledger.add(service.as_str(), asked.memory_limit, path.key("memory_limit"));
    }
    huge_pages(&mut ledger, name, host);
    ledger
}

/// Returns the ledger of a host's reserve: the memory limits of the running services that declare no `memory`.
pub fn reserve(scenario: &Scenario<'_>, name: &HostName, host: &Host, running: &Running<'_>) -> Ledger {
    let mut ledger = Ledger::new(host.ram.reserve);
    for (service, path, asked) in running_on(scenario, name, running) {
        if asked.memory.is_empty() {
            ledger.add(service.as_str(), asked.memory_limit, path.key("memory_limit"));
        }
    }
    ledger
}

/// Returns the VRAM ledger of each GPU of a host.
pub fn vram<'a>(
    scenario: &Scenario<'_>,
    name: &HostName,
    host: &'a Host,
    running: &Running<'_>,
) -> IndexMap<&'a GpuName, Ledger> {
    let ledger = |(gpu, spec): (&'a GpuName, &'a crate::deployment::Gpu)| {
        let mut ledger = Ledger::of(spec.vram, scenario.deployment().knowledge.gpu_memory(spec).usable());
        for (service, path, asked) in running_on(scenario, name, running) {
            if let Some(amount) = asked.vram.get(gpu) {
                ledger.add(service.as_str(), *amount, path.key("vram").key(gpu));
            }
        }
        (gpu, ledger)
    };
    host.gpus.iter().map(ledger).collect()
}

/// Returns the storage ledger of a host: models, the swap file and the sizes of directories.
pub fn disk(name: &HostName, host: &Host, deployment: &Deployment) -> Option<Ledger> {
    let storage = host.storage.as_ref()?;
    let mut ledger = Ledger::of(storage.capacity, storage.available());
    for (model, spec) in &deployment.models {
        let here = spec.host.as_ref().map_or(deployment.hosts.len() == 1, |host| host == name);
        if let Some(size) = spec.size.filter(|_| here) {
            let path = ModelPath::root().key("models").key(model).key("size");
            ledger.add(format!("model {model}"), size, path);
        }
    }
    if let Some(swap) = swap_on_storage(host) {
        ledger.add("swap file", swap.size, at(name).key("swap").key("size"));
    }
    for (directory, spec) in &storage.directories {
        if let Some(size) = spec.size {
            let path = at(name).key("storage").key("directories").key(directory).key("size");
            ledger.add(format!("directory {directory}"), size, path);
        }
    }
    Some(ledger)
}

fn swap_on_storage(host: &Host) -> Option<&Swap> {
    let storage = host.storage.as_ref()?;
    host.swap.as_ref().filter(|swap| swap.file.is_below(&storage.mount))
}

/// Returns the ledger of a host's root file system: its reserve, the storage and the swap file if they are on it and, on the
/// host of the cluster, the space that the kubelet keeps free.
pub fn root(scenario: &Scenario<'_>, name: &HostName, host: &Host) -> Option<Ledger> {
    let root = host.root.as_ref()?;
    let mut ledger = Ledger::of(root.capacity, root.available());
    ledger.add("reserve", root.reserve, at(name).key("root").key("reserve"));
    if let Some(storage) = host.storage.as_ref().filter(|storage| storage.disk == Disk::Root) {
        let path = at(name).key("storage").key("capacity");
        ledger.add(format!("storage {}", storage.mount), storage.capacity, path);
    }
    if let Some(swap) = host.swap.as_ref().filter(|_| swap_on_storage(host).is_none()) {
        ledger.add("swap file", swap.size, at(name).key("swap").key("size"));
    }
    if let Some((signal, share)) = eviction(scenario, name) {
        let kept = Bytes::new(root.capacity.get() / 100 * u64::from(share.get()));
        let path = ModelPath::root().key("cluster").key("eviction").key(signal);
        ledger.add("eviction threshold", kept, path);
    }
    Some(ledger)
}

/// Returns the signal for which the kubelet of a host first evicts pods when disk space runs low, and its threshold. k3s keeps
/// images and containers on the root file system, so both signals refer to that file system.
pub(crate) fn eviction(scenario: &Scenario<'_>, name: &HostName) -> Option<(&'static str, Percent)> {
    let cluster = scenario.cluster_on(name)?;
    let Eviction { nodefs_available: nodefs, imagefs_available: imagefs, .. } = cluster.eviction;
    Some(if imagefs > nodefs { ("imagefs_available", imagefs) } else { ("nodefs_available", nodefs) })
}

/// A file system that the deployment writes to.
#[derive(Clone, Debug)]
pub struct FileSystem<'a> {
    /// The mount point.
    pub mount: &'a str,
    /// Its ledger. `None` if the deployment does not declare its size.
    pub ledger: Option<Ledger>,
}

/// Returns the file systems of a host that the deployment writes to: its storage and the root file system.
pub fn file_systems<'a>(scenario: &Scenario<'_>, name: &HostName, host: &'a Host) -> Vec<FileSystem<'a>> {
    let own = host.storage.as_ref().filter(|storage| storage.disk == Disk::Own);
    let storage = own.map(|storage| FileSystem {
        mount: storage.mount_point(),
        ledger: disk(name, host, scenario.deployment()),
    });
    let root = FileSystem { mount: "/", ledger: root(scenario, name, host) };
    storage.into_iter().chain([root]).collect()
}

fn running_on<'a>(
    scenario: &'a Scenario<'_>,
    host: &HostName,
    running: &'a Running<'_>,
) -> impl Iterator<Item = (&'a ServiceName, ModelPath, &'a Service)> + use<'a> {
    let here = scenario.on(host).iter().copied().filter(|(name, _)| running.contains(name));
    here.map(|(name, service)| (name, ModelPath::root().key("services").key(name), service))
}

/// Returns when a combination runs, for a message. The text is empty for the services that normally run.
pub(crate) fn when(standbys: &[&ServiceName]) -> Said<Names> {
    let names: Names = standbys.iter().collect();
    let text = match standbys {
        [] => String::new(),
        [name] => format!(" when `{name}` stands in"),
        _ => format!(" when {names} stand in"),
    };
    said(text, names)
}

/// Returns the usable part of the capacity, for a message. The text is empty if the whole capacity is usable.
pub(crate) fn usable(ledger: &Ledger) -> Said<Bytes> {
    let text = if ledger.usable == ledger.capacity {
        String::new()
    } else {
        format!(" ({} usable)", ledger.usable.counted())
    };
    said(text, ledger.usable)
}

/// Returns the total of the requests, for a message.
pub(crate) fn total(ledger: &Ledger) -> Said<Bytes> {
    in_words(ledger.total())
}

/// Returns a size for a message: rounded in the sentence, exact in the value.
pub(crate) fn in_words(size: Bytes) -> Said<Bytes> {
    said(size.readable(), size)
}
