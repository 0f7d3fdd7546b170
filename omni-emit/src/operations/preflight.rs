//! Whether the machine is the one that the deployment counts on.

use askama::Template;
use omni_model::{
    Scenario,
    deployment::{Disk as OnDisk, Host},
    names::HostName,
    scenario::Runtime,
};

use crate::{
    checks as gpu_checks, grub,
    step::{Check, Script},
};

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
    /// Where its file system is mounted.
    mount: &'a str,
    /// What the deployment counts on, in bytes.
    at_least: u64,
    /// Where the deployment says how large it is.
    key: String,
}

#[derive(Template)]
#[template(path = "operations/preflight/address.sh")]
struct Address<'a> {
    address: String,
    interface: &'a str,
}

/// What is asked before anything is deployed.
pub(crate) fn checks(scenario: &Scenario<'_>, name: &HostName, host: &Host) -> Vec<Check> {
    let check = |id: &str, title: &str, expected: String, script: Script| Check {
        name: id.to_owned(),
        title: title.to_owned(),
        expected,
        after: None,
        script,
    };
    let tools = tools(scenario, host);
    let mut checks = vec![
        check("tools", "Tools", tools.join(", "), Script::new(&Tools { tools: &tools })),
        check(
            "address",
            "Address",
            format!("{} on {}", host.address, host.lan.interface),
            Script::new(&Address {
                address: host.address.to_string(),
                interface: host.lan.interface.as_str(),
            }),
        ),
        check(
            "ram",
            "RAM",
            host.ram.usable.unwrap_or(host.ram.capacity).to_string(),
            Script::new(&Ram { at_least: host.ram.available().get(), host: name.as_str() }),
        ),
        check(
            "numa-nodes",
            "NUMA nodes",
            host.numa_nodes.to_string(),
            Script::new(&Numa { nodes: host.numa_nodes }),
        ),
    ];
    checks.extend(host.kernel.iter().map(|kernel| grub::keeps_what_is_there(name, kernel)));
    checks.extend(gpu_checks::gpus(scenario, name, host).map(|gpus| Check {
        name: "gpus".to_owned(),
        title: "GPUs and driver".to_owned(),
        ..gpus
    }));
    if let Some(root) = &host.root {
        let disk =
            Disk { mount: "/", at_least: root.available().get(), key: format!("hosts.{name}.root.capacity") };
        let expected = format!("a root file system on {}", root.capacity);
        checks.push(check("root", "Root file system", expected, Script::new(&disk)));
    }
    if let Some(storage) = host.storage.as_ref().filter(|storage| storage.disk == OnDisk::Own) {
        let expected = format!("a disk of {} at {}", storage.capacity, storage.mount);
        let disk = Disk {
            mount: storage.mount_point(),
            at_least: storage.available().get(),
            key: format!("hosts.{name}.storage.capacity"),
        };
        checks.push(check("disk", "Disk", expected, Script::new(&disk)));
    }
    checks
}

/// The programs that the steps call and a bare Debian or Ubuntu may lack.
fn tools(scenario: &Scenario<'_>, host: &Host) -> Vec<&'static str> {
    let mut tools = vec!["curl", "ufw", "flock"];
    if host.kernel.is_some() {
        tools.push("update-grub");
    }
    if scenario.deployment().models.values().next().is_some() {
        tools.push("python3");
    }
    if scenario.run_by(Runtime::Compose).next().is_some() {
        tools.push("docker");
    }
    if !host.gpus.is_empty() {
        tools.push("nvidia-smi");
        tools.push("nvidia-ctk");
    }
    if scenario.services().any(|(_, service)| service.numa.is_some()) {
        tools.push("numastat");
    }
    tools
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::run;

    #[test]
    fn the_size_of_the_ram_is_beyond_what_mawk_prints_as_a_whole_number() {
        let check = Script::new(&Ram { at_least: 384 << 30, host: "box" });
        let kernel = |gibibytes: u64| format!("awk() {{ echo {}; }}", gibibytes << 20);
        assert_eq!(run(&check, &kernel(384)), Ok(String::new()));
        assert!(run(&check, &kernel(383)).unwrap_err().contains("write `hosts.box.ram.usable: 392192 MiB`"));
    }
}
