//! Whether the machine meets the requirements of the deployment.

use askama::Template;
use omni_model::{
    Facts,
    catalog::{docker, hardware, nvidia},
    deployment::{Disk as OnDisk, Host},
    names::HostName,
    scenario::Runtime,
    units::Bytes,
};

use crate::{
    checks, container, grub, k3s,
    step::{Check, CheckKind, Script},
};

/// The check that the programs are installed that the steps call.
pub(super) const TOOLS: CheckKind = CheckKind::new("tools");

#[derive(Template)]
#[template(path = "operations/preflight/tools.sh")]
struct Tools<'a> {
    tools: &'a [&'a str],
}

#[derive(Template)]
#[template(path = "operations/preflight/ram.sh")]
struct Ram<'a> {
    at_least: u64,
    host: &'a str,
}

#[derive(Template)]
#[template(path = "operations/preflight/numa.sh")]
struct Numa {
    nodes: u32,
}

#[derive(Template)]
#[template(path = "operations/preflight/disk.sh")]
struct Disk<'a> {
    /// The mount point of its file system.
    mount: &'a str,
    /// The size that the deployment expects, in bytes.
    at_least: u64,
    /// The key of the deployment that states the size.
    key: String,
    /// The least share of its disk that a file system offers, in percent.
    share: u64,
}

/// Docker Engine, of a release that forwards packets as the prover assumes.
#[derive(Template)]
#[template(path = "operations/preflight/docker.sh")]
struct Docker<'a> {
    host: &'a HostName,
    /// How the machine's release must compare with the first release that guards its containers.
    compares: &'static str,
    since: u16,
    wanted: &'a str,
}

/// NVIDIA's container toolkit, if pods use GPUs.
#[derive(Template)]
#[template(path = "checks/toolkit.sh")]
struct Toolkit {
    toolkit: &'static str,
}

#[derive(Template)]
#[template(path = "operations/preflight/address.sh")]
struct Address<'a> {
    address: String,
    interface: &'a str,
}

/// The checks before a deployment.
pub(super) fn checks(facts: &Facts<'_>, name: &HostName, host: &Host) -> Vec<Check> {
    let tools = tools(facts, host);
    let mut all = vec![
        Check::new(TOOLS, "Tools", tools.join(", "), Script::new(&Tools { tools: &tools })),
        Check::new(
            "address",
            "Address",
            format!("{} on {}", host.address, host.lan.interface),
            Script::new(&Address {
                address: host.address.to_string(),
                interface: host.lan.interface.as_str(),
            }),
        ),
        Check::new(
            "ram",
            "RAM",
            host.ram.usable.unwrap_or(host.ram.capacity).to_string(),
            Script::new(&Ram { at_least: host.ram.available().get(), host: name.as_str() }),
        ),
        Check::new(
            "numa-nodes",
            "NUMA nodes",
            host.numa_nodes.to_string(),
            Script::new(&Numa { nodes: host.numa_nodes }),
        ),
    ];
    all.extend(host.kernel.iter().map(|kernel| grub::keeps_what_is_there(name, kernel)));
    let gpus = checks::gpus(facts, name, host);
    all.extend(gpus.map(|gpus| Check::new("gpus", "GPUs and driver", gpus.expected, gpus.script)));
    if facts.cluster_on(name).is_some() && k3s::needs_gpus(facts) {
        let expected = format!("release {} or newer", nvidia::TOOLKIT);
        let script = Script::new(&Toolkit { toolkit: nvidia::TOOLKIT });
        all.push(Check::new("toolkit", "NVIDIA container toolkit", expected, script));
    }
    if let Some(root) = &host.root {
        let disk = disk("/", root.available(), format!("hosts.{name}.root.capacity"));
        let expected = format!("a root file system on {}", root.capacity);
        all.push(Check::new("root", "Root file system", expected, Script::new(&disk)));
    }
    if let Some(storage) = host.storage.as_ref().filter(|storage| storage.disk == OnDisk::Own) {
        let expected = format!("a disk of {} at {}", storage.capacity, storage.mount);
        let disk = disk(storage.mount_point(), storage.available(), format!("hosts.{name}.storage.capacity"));
        all.push(Check::new("disk", "Disk", expected, Script::new(&disk)));
    }
    all.extend(
        docker(facts, name, host).map(|(expected, script)| Check::new("docker", "Docker", expected, script)),
    );
    all.extend(k3s::preflight(facts, name));
    all
}

fn disk(mount: &str, at_least: Bytes, key: String) -> Disk<'_> {
    Disk { mount, at_least: at_least.get(), key, share: hardware::FILE_SYSTEM_HAS }
}

/// Docker Engine, if containers run on this host.
fn docker(facts: &Facts<'_>, name: &HostName, host: &Host) -> Option<(String, Script)> {
    (!container::on_compose(facts, name).is_empty()).then_some(())?;
    let since = docker::GUARDS_CONTAINERS;
    let (compares, expected) = match host.docker.guards_containers() {
        true => ("-ge", format!("{since} or newer")),
        false => ("-lt", format!("older than {since}")),
    };
    let script = Script::new(&Docker { host: name, compares, since, wanted: &expected });
    Some((expected, script))
}

/// The programs that the steps call and that a minimal Debian or Ubuntu may lack.
fn tools(facts: &Facts<'_>, host: &Host) -> Vec<&'static str> {
    let mut tools = vec!["curl", "ufw", "flock"];
    if host.kernel.is_some() {
        tools.push("update-grub");
    }
    if facts.deployment().models.values().next().is_some() || !host.gpus.is_empty() {
        tools.push("python3");
    }
    if facts.run_by(Runtime::Compose).next().is_some() {
        tools.push("docker");
    }
    if !host.gpus.is_empty() {
        tools.push("nvidia-smi");
        tools.push("nvidia-ctk");
    }
    tools
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::run;

    #[test]
    fn the_engine_must_forward_as_the_model_has_it() {
        let host = "one".parse().unwrap();
        let engine = |version: &str| format!("docker() {{ echo {version}; }}");
        let since = docker::GUARDS_CONTAINERS;
        let check = |compares, wanted| Script::new(&Docker { host: &host, compares, since, wanted });
        let new = check("-ge", "28 or newer");
        assert_eq!(run(&new, &engine("28.5.2+dfsg4")), Ok(String::new()));
        assert_eq!(run(&new, &engine("29.7.2")), Ok(String::new()));
        let said = run(&new, &engine("26.1.5+dfsg1")).unwrap_err();
        let wanted = "Docker is 26.1.5+dfsg1, which forwards packets differently from the release in the model: write docker: 26 for host one";
        assert!(said.contains(wanted), "{said}");
        let old = check("-lt", "older than 28");
        assert_eq!(run(&old, &engine("27.5.1")), Ok(String::new()));
        assert!(run(&old, &engine("28.0.0")).unwrap_err().contains("write docker: 28"));
        assert!(run(&new, "docker() { return 1; }").unwrap_err().contains("does not answer"));
    }

    #[test]
    fn the_size_of_the_ram_is_beyond_what_mawk_prints_as_a_whole_number() {
        let check = Script::new(&Ram { at_least: 384 << 30, host: "box" });
        let kernel = |gibibytes: u64| format!("awk() {{ echo {}; }}", gibibytes << 20);
        assert_eq!(run(&check, &kernel(384)), Ok(String::new()));
        assert!(run(&check, &kernel(383)).unwrap_err().contains("write `hosts.box.ram.usable: 392192 MiB`"));
    }
}
