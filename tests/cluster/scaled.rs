//! v15 as large as a test machine, with GPUs that the node's status promises.

use omni::Checked;
use omni_testbed::{Variant, v15};
use serde_json::{Value, json};

/// The disk of the scaled host.
pub(crate) const DISK: &str = "/mnt/nvme";

/// The scaled deployment after a change.
pub(crate) fn v15_with(change: &Value) -> Checked {
    let whole = v15();
    let document = serde_json::to_value(&*whole).unwrap();
    // What takes GPUs keeps them, and loads for as long as it likes.
    let model = |name: &str| {
        let startup = json!({ "failures": 300, "timeout": "10s" });
        json!({ "vram": document["services"][name]["vram"], "load_time": "2min", "probes": { "startup": startup } })
    };
    let here = json!({
        // The kernel is the machine's, and so is its swap.
        "hosts": { "omni": {
            "gpus": document["hosts"]["omni"]["gpus"],
            "kernel": null, "swap": null, "storage": { "mount": DISK },
            "ram": { "reserve": "3 GiB" },
        } },
        "services": { "deepseek": model("deepseek"), "minimax": model("minimax"), "glm": { "load_time": "2min", "probes": {
            "startup": { "failures": 300, "timeout": "10s" }
        } } },
        "cluster": { "swap": "NoSwap", "eviction": {
            "memory_available": "64 MiB", "nodefs_available": "1%", "imagefs_available": "1%"
        } },
        // Its packages are not the machine's own to hold back.
        "operations": { "restart_watch": "2s", "upgrades": "unattended" },
        "monitoring": { "alerts": { "SwapInUse": null, "SwapMissing": null, "SwapStorm": null } },
    });
    let variant = Variant::of(&whole).unwrap().small().with(&here).with(change);
    variant.check().unwrap_or_else(|invalid| panic!("{invalid}"))
}
