//! RAM, VRAM, disk, processors.

use serde_json::Value;

use super::{By::Rules, Class, Original};

pub(super) fn classes(v15: &Original) -> Vec<Class> {
    let all = v15.services(|_| true);
    let heavy = v15.services(|service| service.get("memory").is_some());
    let small = v15.services(|service| service.get("memory").is_none());
    let hungry = v15.services(|service| {
        service["vram"].as_object().is_some_and(|vram| vram.values().any(|v| v != "0 B"))
    });
    let open = v15.services(|service| {
        service["zone"] != "hands" && service.get("vram").is_none() && service.get("state").is_none()
    });
    vec![
        Class {
            what: "a memory limit below what the service keeps",
            by: Rules(&["B003"]),
            mutants: heavy
                .iter()
                .flat_map(|name| {
                    ["16 GiB", "32 GiB"].map(|size| v15.with(&format!("services.{name}.memory_limit"), size))
                })
                .collect(),
        },
        Class {
            what: "a memory limit that Docker refuses",
            by: Rules(&["B003"]),
            mutants: all
                .iter()
                .map(|name| v15.with(&format!("services.{name}.memory_limit"), "1 MiB"))
                .collect(),
        },
        Class {
            what: "memory limits beyond the host's memory",
            by: Rules(&["B004"]),
            mutants: heavy
                .iter()
                .map(|name| v15.with(&format!("services.{name}.memory_limit"), "383 GiB"))
                .collect(),
        },
        Class {
            what: "small services beyond the reserve",
            by: Rules(&["B005"]),
            mutants: small
                .iter()
                .map(|name| v15.with(&format!("services.{name}.memory_limit"), "21 GiB"))
                .collect(),
        },
        Class {
            what: "weights, cache or reserve beyond the ceiling",
            by: Rules(&["B001"]),
            mutants: vec![
                v15.with("services.deepseek.memory.weights", "283 GiB"),
                v15.with("services.deepseek.memory.kv_cache", "62 GiB"),
                v15.with("services.deepseek.memory.activations", "2 GiB"),
                v15.with("services.glm.memory.allowance", "350 GiB"),
                v15.with("services.minimax.memory.allowance", "360 GiB"),
                v15.with("hosts.omni.ram.reserve", "22 GiB"),
            ],
        },
        Class {
            what: "less memory, or a lower ceiling",
            by: Rules(&["B001"]),
            mutants: [380, 256, 128, 64]
                .iter()
                .map(|size| v15.with("hosts.omni.ram.capacity", format!("{size} GiB")))
                .chain(
                    [93, 90, 80].iter().map(|share| v15.with("hosts.omni.ram.ceiling", format!("{share}%"))),
                )
                .collect(),
        },
        Class {
            what: "a smaller reserve than the services on it need",
            by: Rules(&["B005"]),
            mutants: [4, 8, 12]
                .iter()
                .map(|size| v15.with("hosts.omni.ram.reserve", format!("{size} GiB")))
                .collect(),
        },
        Class {
            what: "more of a GPU than it has",
            by: Rules(&["B002"]),
            mutants: hungry
                .iter()
                .flat_map(|name| {
                    [("gpu0", "97 GiB"), ("gpu1", "33 GiB")]
                        .map(|(gpu, size)| v15.with(&format!("services.{name}.vram.{gpu}"), size))
                })
                .collect(),
        },
        Class {
            what: "a GPU's memory promised to one more",
            by: Rules(&["B002"]),
            mutants: open
                .iter()
                .flat_map(|name| {
                    [("gpu0", "8 GiB"), ("gpu1", "4 GiB")]
                        .map(|(gpu, size)| v15.with(&format!("services.{name}.vram.{gpu}"), size))
                })
                .collect(),
        },
        Class {
            what: "a smaller GPU",
            by: Rules(&["B002"]),
            mutants: vec![
                v15.with("hosts.omni.gpus.gpu0.vram", "80 GiB"),
                v15.with("hosts.omni.gpus.gpu1.vram", "24 GiB"),
            ],
        },
        Class {
            what: "a GPU of a size that is not sold",
            by: Rules(&["B010"]),
            mutants: vec![
                v15.with("hosts.omni.gpus.gpu0.vram", "98 GiB"),
                v15.with("hosts.omni.gpus.gpu1.vram", "34 GiB"),
            ],
        },
        Class {
            what: "a GPU taken out",
            by: Rules(&["R001"]),
            mutants: v15
                .keys("hosts.omni.gpus")
                .iter()
                .map(|gpu| v15.without(&format!("hosts.omni.gpus.{gpu}")))
                .collect(),
        },
        Class {
            what: "a disk too small, or promised twice",
            by: Rules(&["B006"]),
            mutants: ["450 GiB", "400 GiB", "281 GiB"]
                .iter()
                .map(|size| v15.with("hosts.omni.storage.capacity", *size))
                .chain(
                    v15.keys("hosts.omni.storage.directories").iter().map(|name| {
                        v15.with(&format!("hosts.omni.storage.directories.{name}.size"), "1000 GiB")
                    }),
                )
                .chain([
                    v15.with("models.deepseek-v3-2.size", "1300 GiB"),
                    v15.with("hosts.omni.swap.size", "1024 GiB"),
                ])
                .collect(),
        },
        Class {
            what: "a model of unknown size",
            by: Rules(&["B011"]),
            mutants: vec![v15.without("models.deepseek-v3-2.size")],
        },
        Class {
            what: "a standby that leaves the model running",
            by: Rules(&["B001", "B002"]),
            mutants: vec![
                v15.with("services.glm.state.standby.replaces", vec!["minimax"]),
                v15.with("services.minimax.state.standby.replaces", vec!["glm"]),
            ],
        },
        Class {
            what: "a standby that runs",
            by: Rules(&["B001", "B002"]),
            mutants: vec![v15.without("services.glm.state"), v15.without("services.minimax.state")],
        },
        Class {
            what: "a standby that replaces nothing, or itself",
            by: Rules(&["B008"]),
            mutants: ["glm", "minimax"]
                .iter()
                .flat_map(|name| {
                    let path = format!("services.{name}.state.standby.replaces");
                    [v15.with(&path, Vec::<Value>::new()), v15.with(&path, vec![*name])]
                })
                .collect(),
        },
        Class {
            what: "fewer processors than are promised",
            by: Rules(&["B012"]),
            mutants: [1, 4, 7].map(|count| v15.with("hosts.omni.processors", count)).into(),
        },
        Class {
            what: "memory bound to a NUMA node that is too small for it",
            by: Rules(&["B013"]),
            mutants: [0, 3]
                .map(|node| v15.with("services.deepseek.numa", serde_json::json!({"membind": node})))
                .into(),
        },
        Class {
            what: "a node that keeps too much for itself",
            by: Rules(&["B009"]),
            mutants: ["20 GiB", "64 GiB"]
                .iter()
                .map(|size| v15.with("cluster.eviction.memory_available", *size))
                .collect(),
        },
        Class {
            what: "eviction before its alert",
            by: Rules(&["B016"]),
            mutants: ["imagefs_available", "nodefs_available", "nodefs_inodes_free"]
                .map(|signal| v15.with(&format!("cluster.eviction.{signal}"), "10%"))
                .into(),
        },
    ]
}
