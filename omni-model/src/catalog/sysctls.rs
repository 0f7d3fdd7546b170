//! Settings of the running kernel (`sysctl`) that deployments need.

/// A setting of the running kernel.
#[derive(Debug, PartialEq, Eq)]
pub struct Sysctl {
    /// Its key: `vm.swappiness`.
    pub key: &'static str,
    /// Its value.
    pub value: u64,
    /// Whether a higher value on the machine is kept.
    pub at_least: bool,
    /// What it is for.
    pub purpose: &'static str,
    /// Where it is documented.
    pub source: &'static str,
}

const VM: &str = "https://docs.kernel.org/admin-guide/sysctl/vm.html";

/// Ports can be bound to an address that the machine does not have yet. If a container fails to start when the daemon starts, Docker
/// does not retry: <https://github.com/moby/moby/issues/39559>.
pub static NONLOCAL_BIND: Sysctl = Sysctl {
    key: "net.ipv4.ip_nonlocal_bind",
    value: 1,
    at_least: false,
    purpose: "containers can start before the LAN address is configured",
    source: "https://docs.kernel.org/networking/ip-sysctl.html",
};

/// Swap is for peaks. With the default of 60, the kernel swaps out the memory of services to keep files in the page cache. Reading a
/// model of hundreds of gigabytes fills the page cache.
pub static SWAPPINESS: Sysctl = Sysctl {
    key: "vm.swappiness",
    value: 10,
    at_least: false,
    purpose: "swap is for peaks, not to make room for the page cache",
    source: VM,
};

/// Automatic NUMA balancing unmaps pages to find out which threads use them, and moves them to the node of the thread. This is useless
/// work if memory is spread over the nodes on purpose.
pub static NUMA_BALANCING: Sysctl = Sysctl {
    key: "kernel.numa_balancing",
    value: 0,
    at_least: false,
    purpose: "the kernel does not move memory that numactl has spread",
    source: "https://docs.kernel.org/admin-guide/sysctl/kernel.html#numa-balancing",
};

/// Memgraph maps its storage in many small areas. When it starts on a machine that allows fewer, it logs a warning. The default of
/// Debian is 65,530.
pub static MEMGRAPH_MAPS: Sysctl = Sysctl {
    key: "vm.max_map_count",
    value: 524_288,
    at_least: true,
    purpose: "Memgraph needs many memory maps",
    source: "https://memgraph.com/docs/database-management/system-configuration",
};

/// The settings that Omni knows.
pub static ALL: [&Sysctl; 4] = [&NONLOCAL_BIND, &SWAPPINESS, &NUMA_BALANCING, &MEMGRAPH_MAPS];

impl Sysctl {
    /// The file in `/proc` that contains it.
    pub fn file(&self) -> String {
        format!("/proc/sys/{}", self.key.replace('.', "/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_names_its_source() {
        for setting in ALL {
            assert!(setting.source.starts_with("https://"), "{}", setting.key);
        }
        assert_eq!(SWAPPINESS.file(), "/proc/sys/vm/swappiness");
    }
}
