//! Kernel parameters. The kernel silently accepts parameters that it does not know.

/// A parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name, before the `=`.
    pub name: &'static str,
    /// The values that it takes, also several in a comma-separated list. Empty: any value.
    pub values: &'static [&'static str],
    /// Unexpected effects of its values.
    pub hazards: &'static [Hazard],
    /// Where it is documented.
    pub source: &'static str,
}

/// An unexpected effect of a value.
#[derive(Debug)]
pub struct Hazard {
    /// The value. Empty: every value.
    pub value: &'static str,
    /// The effect: the end of the sentence "`NAME=VALUE` …".
    pub what: &'static str,
    /// What to do.
    pub help: &'static str,
}

const fn plain(name: &'static str, values: &'static [&'static str]) -> Parameter {
    Parameter { name, values, hazards: &[], source: SOURCE }
}

/// A parameter of a module, which is documented in its own source.
const fn of_module(parameter: Parameter, source: &'static str) -> Parameter {
    Parameter { source, ..parameter }
}

const SOURCE: &str = "https://docs.kernel.org/admin-guide/kernel-parameters.html";
const NVIDIA: &str = "https://github.com/NVIDIA/open-gpu-kernel-modules/tree/main/kernel-open/nvidia-drm";
const PLYMOUTH: &str = "https://gitlab.freedesktop.org/plymouth/plymouth";
const SYSTEMD: &str = "https://www.freedesktop.org/software/systemd/man/latest/systemd.html";
const VFIO: &str = "https://github.com/torvalds/linux/blob/master/drivers/vfio/pci/vfio_pci.c";

/// The parameters that are known here.
pub static PARAMETERS: &[Parameter] = &[
    plain(
        "amd_iommu",
        &[
            "fullflush",
            "off",
            "force_isolation",
            "force_enable",
            "pgtbl_v1",
            "pgtbl_v2",
            "irtcachedis",
            "nohugepages",
            "v2_pgsizes_only",
        ],
    ),
    plain("console", &[]),
    plain("default_hugepagesz", &[]),
    plain("hugepages", &[]),
    plain("hugepagesz", &[]),
    Parameter {
        name: "initcall_blacklist",
        values: &[],
        hazards: &[Hazard {
            value: "sysfb_init",
            what: "leaves the framebuffer of the firmware without a driver: the screen may stay dark until a GPU driver has loaded",
            help: "keep a serial console or the remote management of the board within reach",
        }],
        source: SOURCE,
    },
    plain("init_on_alloc", &["0", "1"]),
    plain(
        "intel_iommu",
        &["on", "off", "igfx_off", "forcedac", "strict", "sp_off", "sm_on", "sm_off", "tboot_noforce"],
    ),
    plain(
        "iommu",
        &[
            "off", "force", "noforce", "biomerge", "panic", "nopanic", "merge", "nomerge", "soft", "pt",
            "nopt",
        ],
    ),
    Parameter {
        name: "mitigations",
        values: &["off", "auto", "auto,nosmt"],
        hazards: &[Hazard {
            value: "off",
            what: "lets a process read data of other processes that the processor has handled",
            help: "remove it if the machine runs code that you do not trust",
        }],
        source: SOURCE,
    },
    plain("nomodeset", &[]),
    plain("numa_balancing", &["enable", "disable"]),
    of_module(plain("nvidia-drm.modeset", &["0", "1"]), NVIDIA),
    Parameter {
        name: "pci",
        values: &[],
        hazards: &[Hazard {
            value: "noaer",
            what: "hides the errors of the PCIe links",
            help: "fix the link: try another slot, another riser or a lower PCIe generation",
        }],
        source: SOURCE,
    },
    Parameter {
        name: "pcie_aspm",
        values: &["off", "force"],
        hazards: &[Hazard {
            value: "off",
            what: "does not turn power saving off: it leaves each link as the firmware has configured it",
            help: "turn ASPM off in the firmware setup too",
        }],
        source: SOURCE,
    },
    plain("processor.max_cstate", &[]),
    plain("quiet", &[]),
    of_module(plain("splash", &[]), PLYMOUTH),
    Parameter {
        name: "swapaccount",
        values: &["0", "1"],
        hazards: &[Hazard {
            value: "0",
            what: "leaves the swap of containers without a limit",
            help: "remove it",
        }],
        source: SOURCE,
    },
    Parameter {
        name: "systemd.unified_cgroup_hierarchy",
        values: &["0", "1", "no", "yes"],
        hazards: &[
            Hazard {
                value: "0",
                what: "brings back cgroup v1, with which the kubelet gives no swap to pods",
                help: "remove it",
            },
            Hazard {
                value: "no",
                what: "brings back cgroup v1, with which the kubelet gives no swap to pods",
                help: "remove it",
            },
        ],
        source: SYSTEMD,
    },
    plain("transparent_hugepage", &["always", "madvise", "never"]),
    Parameter {
        name: "vfio_pci.disable_idle_d3",
        values: &["0", "1", "y", "n", "Y", "N"],
        hazards: &[Hazard {
            value: "",
            what: "affects only devices that vfio-pci drives, not those of the NVIDIA driver",
            help: "keep it only for GPUs that are passed to virtual machines",
        }],
        source: VFIO,
    },
    of_module(plain("vfio-pci.ids", &[]), VFIO),
    of_module(plain("vfio_pci.ids", &[]), VFIO),
];

/// The parameter of that name.
pub fn find(name: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.name == name)
}

impl Parameter {
    /// Whether it takes that value.
    pub fn takes(&self, value: &str) -> bool {
        let known = |value| self.values.contains(&value);
        self.values.is_empty() || known(value) || value.split(',').all(known)
    }

    /// The unexpected effect of a value.
    pub fn hazard(&self, value: &str) -> Option<&'static Hazard> {
        let is = |hazard: &&Hazard| hazard.value.is_empty() || value.split(',').any(|v| v == hazard.value);
        self.hazards.iter().find(is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_names_its_source() {
        for (i, Parameter { name, source, .. }) in PARAMETERS.iter().enumerate() {
            assert!(source.starts_with("https://"), "{name}");
            assert!(PARAMETERS[..i].iter().all(|other| other.name != *name), "{name} stands there twice");
        }
    }
}
