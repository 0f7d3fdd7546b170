//! Kernel, swap, directories, NUMA.

use super::{By::Rules, Class, Original};

const KERNEL: &str = "hosts.omni.kernel.parameters";

pub(super) fn classes(v15: &Original) -> Vec<Class> {
    let parameter = |name: &str| format!("{KERNEL}.{name:?}");
    let written: Vec<_> = v15
        .services(|_| true)
        .into_iter()
        .flat_map(|name| {
            v15.keys(&format!("services.{name}.volumes")).into_iter().filter_map(move |target| {
                v15.get(&format!("services.{name}.volumes.{target:?}"))?["data"].as_str().map(str::to_owned)
            })
        })
        .collect();
    let owner = |directory: &String| format!("hosts.omni.storage.directories.{directory}.owner");
    vec![
        Class {
            what: "a critical kernel parameter taken out",
            by: Rules(&["K001"]),
            mutants: ["vfio_pci.disable_idle_d3=1", "initcall_blacklist=sysfb_init"]
                .map(|name| v15.without(&parameter(name)))
                .into(),
        },
        Class {
            what: "a kernel parameter declared critical, and not there",
            by: Rules(&["K001"]),
            mutants: ["nomodeset", "iommu=nopt", "mitigations=auto"]
                .map(|name| v15.with("hosts.omni.kernel.critical[0]", name))
                .into(),
        },
        Class {
            what: "a kernel parameter whose hazard is accepted, taken out",
            by: Rules(&["A001"]),
            mutants: ["pcie_aspm=off", "amd_iommu=on"].map(|name| v15.without(&parameter(name))).into(),
        },
        Class {
            what: "a value that a kernel parameter does not take, or a name that the kernel does not know",
            by: Rules(&["K003"]),
            mutants: [
                "iommu=on",
                "iommu=passthrough",
                "intel_iommu=yes",
                "pcie_aspm=no",
                "transparent_hugepage=off",
                "iomu=pt",
                "pcie_apsm=off",
                "numa_balancing=0",
            ]
            .map(|name| v15.with(&parameter(name), "Typed in a hurry"))
            .into(),
        },
        Class {
            what: "a kernel parameter that does something else than people think",
            by: Rules(&["K004"]),
            mutants: ["mitigations=off", "pci=noaer", "swapaccount=0", "systemd.unified_cgroup_hierarchy=0"]
                .map(|name| v15.with(&parameter(name), "Found in a forum"))
                .into(),
        },
        Class {
            what: "the swap taken out",
            by: Rules(&["K002"]),
            mutants: vec![v15.without("hosts.omni.swap")],
        },
        Class {
            what: "swap that the model's pod may not use",
            by: Rules(&["K006"]),
            mutants: vec![
                v15.with("cluster.swap", "NoSwap"),
                v15.without("cluster.swap"),
                v15.with("services.deepseek.memory_limit", "349 GiB"),
            ],
        },
        Class {
            what: "a directory that its service cannot write to",
            by: Rules(&["K005"]),
            mutants: written
                .iter()
                .flat_map(|name| [v15.with(&owner(name), "12345:12345"), v15.with(&owner(name), "operator")])
                .collect(),
        },
        Class {
            what: "a service that writes as somebody else",
            by: Rules(&["K005"]),
            mutants: v15
                .services(|service| {
                    service.get("user").is_some() && service["volumes"].to_string().contains("data")
                })
                .iter()
                .flat_map(|name| {
                    ["0:0", "4321:4321"].map(|user| v15.with(&format!("services.{name}.user"), user))
                })
                .collect(),
        },
        Class {
            what: "a NUMA node that is not there",
            by: Rules(&["W007"]),
            mutants: [4, 7, 64].map(|node| v15.with("services.deepseek.numa.cpunodebind", node)).into(),
        },
        Class {
            what: "memory that is both bound and spread",
            by: Rules(&["W007"]),
            mutants: vec![v15.with("services.deepseek.numa.membind", 0)],
        },
        Class {
            what: "a GPU without the kernel parameters that it is known to need",
            by: Rules(&["K007"]),
            mutants: vec![v15.with("hosts.omni.gpus.gpu0.model", "NVIDIA GH200 480GB")],
        },
        Class {
            what: "numactl without its capability",
            by: Rules(&["W007"]),
            mutants: ["glm", "mem0"]
                .map(|name| {
                    v15.with(
                        &format!("services.{name}.command"),
                        vec!["numactl", "--interleave=all", "serve"],
                    )
                })
                .into(),
        },
    ]
}
