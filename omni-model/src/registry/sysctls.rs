//! Settings of the running kernel (`sysctl`) that deployments need, and why.

/// A setting of the running kernel.
#[derive(Debug, PartialEq, Eq)]
pub struct Sysctl {
    /// Its key: `vm.swappiness`.
    pub key: &'static str,
    /// Its value.
    pub value: u64,
    /// Whether a machine on which it is higher keeps what it has.
    pub at_least: bool,
    /// What it is for.
    pub purpose: &'static str,
    /// Where it is documented.
    pub source: &'static str,
}

const VM: &str = "https://docs.kernel.org/admin-guide/sysctl/vm.html";

/// Ports can be bound to an address that the machine does not have yet. Docker does not try again when the start of a
/// container fails as the daemon starts: <https://github.com/moby/moby/issues/39559>.
pub static NONLOCAL_BIND: Sysctl = Sysctl {
    key: "net.ipv4.ip_nonlocal_bind",
    value: 1,
    at_least: false,
    purpose: "containers start before the LAN's address is there",
    source: "https://docs.kernel.org/networking/ip-sysctl.html",
};

/// A swap file is there for spikes. By its default, 60, the kernel swaps the memory of services out to keep files in the page
/// cache, which models of hundreds of gigabytes fill when they are read.
pub static SWAPPINESS: Sysctl = Sysctl {
    key: "vm.swappiness",
    value: 10,
    at_least: false,
    purpose: "swap is for spikes, and not to make room for the page cache",
    source: VM,
};

/// Automatic NUMA balancing unmaps pages to see who uses them, and moves them to the node of the thread: where memory is spread
/// over the nodes on purpose, that is work for nothing.
pub static NUMA_BALANCING: Sysctl = Sysctl {
    key: "kernel.numa_balancing",
    value: 0,
    at_least: false,
    purpose: "the kernel leaves memory where numactl has spread it",
    source: "https://docs.kernel.org/admin-guide/sysctl/kernel.html#numa-balancing",
};

/// Memgraph maps its storage in many small areas, and warns at its start of a machine that allows fewer; Debian's default is
/// 65,530.
pub static MEMGRAPH_MAPS: Sysctl = Sysctl {
    key: "vm.max_map_count",
    value: 524_288,
    at_least: true,
    purpose: "Memgraph maps many areas of memory",
    source: "https://memgraph.com/docs/database-management/system-configuration",
};

/// Those that are known here.
pub static ALL: [&Sysctl; 4] = [&NONLOCAL_BIND, &SWAPPINESS, &NUMA_BALANCING, &MEMGRAPH_MAPS];

impl Sysctl {
    /// The file of the running kernel that holds it.
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
