//! Parameters of the kernel's command line. The kernel silently ignores unknown ones.

/// A parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name, before the `=`.
    pub name: &'static str,
    /// The values that it accepts; any value if empty. A comma-separated list of these values is accepted, too.
    pub values: &'static [&'static str],
    /// Values with an unexpected effect.
    pub hazards: &'static [Hazard],
    /// Where it is documented.
    pub source: &'static str,
}

/// A value with an unexpected effect.
#[derive(Debug)]
pub struct Hazard {
    /// The value. If empty, every value has the effect.
    pub value: &'static str,
    /// The effect, as the end of the sentence "`NAME=VALUE` …".
    pub what: &'static str,
    /// How to fix it.
    pub help: &'static str,
}

const fn plain(name: &'static str, values: &'static [&'static str]) -> Parameter {
    Parameter { name, values, hazards: &[], source: SOURCE }
}

/// A parameter of a module, which documents it in its own source code.
const fn of_module(parameter: Parameter, source: &'static str) -> Parameter {
    Parameter { source, ..parameter }
}

const SOURCE: &str = "https://docs.kernel.org/admin-guide/kernel-parameters.html";
const NVIDIA: &str = "https://github.com/NVIDIA/open-gpu-kernel-modules/tree/main/kernel-open/nvidia-drm";
const PLYMOUTH: &str = "https://gitlab.freedesktop.org/plymouth/plymouth";
const SYSTEMD: &str = "https://www.freedesktop.org/software/systemd/man/latest/systemd.html";
const VFIO: &str = "https://github.com/torvalds/linux/blob/master/drivers/vfio/pci/vfio_pci.c";

/// The parameters that Omni knows.
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
            what: "leaves the firmware's framebuffer without a driver: the screen may stay dark until a GPU driver has loaded",
            help: "make sure that you have a serial console or the board's remote management",
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
            what: "lets a process read data of other processes from the processor's caches and buffers",
            help: "remove it if the host runs any code that you have not written",
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
            what: "hides errors of the PCIe links",
            help: "fix the link: try another slot, another riser or a lower PCIe generation",
        }],
        source: SOURCE,
    },
    Parameter {
        name: "pcie_aspm",
        values: &["off", "force"],
        hazards: &[Hazard {
            value: "off",
            what: "does not turn off power saving: every link stays as the firmware has set it",
            help: "also turn off ASPM in the firmware setup",
        }],
        source: SOURCE,
    },
    plain("processor.max_cstate", &[]),
    plain("quiet", &[]),
    of_module(plain("splash", &[]), PLYMOUTH),
    Parameter {
        name: "swapaccount",
        values: &["0", "1"],
        hazards: &[Hazard { value: "0", what: "removes the swap limit of containers", help: "remove it" }],
        source: SOURCE,
    },
    Parameter {
        name: "systemd.unified_cgroup_hierarchy",
        values: &["0", "1", "no", "yes"],
        hazards: &[
            Hazard {
                value: "0",
                what: "switches to cgroup v1, with which the kubelet gives pods no swap",
                help: "remove it",
            },
            Hazard {
                value: "no",
                what: "switches to cgroup v1, with which the kubelet gives pods no swap",
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
            what: "affects only devices of the driver vfio-pci, not those of NVIDIA's driver",
            help: "use it only for GPUs that are passed through to virtual machines",
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
    /// Whether it accepts that value.
    pub fn takes(&self, value: &str) -> bool {
        let known = |value| self.values.contains(&value);
        self.values.is_empty() || known(value) || value.split(',').all(known)
    }

    /// The hazard of that value, if it has one.
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
            assert!(PARAMETERS[..i].iter().all(|other| other.name != *name), "{name} is listed twice");
        }
    }
}
