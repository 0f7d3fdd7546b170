//! The deployments that are brought up.

use omni::{Checked, model::deployment::DockerRelease};
use omni_testbed::{Variant, difference, v15};
use serde_json::{Value, json};

/// The option.
pub(crate) const OPTION: &str = "compose";

/// Where the alerts go: to a machine in the LAN, by plain HTTP.
pub(crate) const RECEIVER: (&str, u16) = ("192.168.3.20", 8080);

/// Where the watchdog goes: to an address beyond the LAN.
pub(crate) const WATCHDOG: &str = "203.0.113.9";

/// v15 for this machine: small, and without what cannot be a namespace's own, which is the kernel's command line, the
/// swap and the clock. The first process here has other mounts than the machine: node_exporter reads those of its own container, to
/// which every file system of the host is read-only.
fn variant(docker: DockerRelease) -> Variant {
    Variant::of(&v15()).unwrap().small().on_docker(docker).with(&json!({
        "hosts": { "omni": {
            "kernel": null,
            "swap": null,
            "storage": { "capacity": "512 MiB", "directories": { "prometheus": { "size": "64 MiB" } } },
        } },
        "services": { "prometheus": { "memory_limit": "512 MiB" } },
        "cluster": { "swap": null },
        "apis": { "receiver": { "title": "Receiver", "address": RECEIVER.0, "port": RECEIVER.1.to_string() } },
        "monitoring": { "receiver": { "at": "receiver" }, "alerts": {
            "SwapMissing": null, "SwapInUse": null, "SwapStorm": null, "ClockUnsynchronized": null,
            "DiskReadOnly": null,
        } },
    }))
}

pub(crate) fn small(docker: DockerRelease) -> Checked {
    variant(docker).check().unwrap_or_else(|error| panic!("{error}"))
}

/// What differs from v15.
pub(crate) fn scaling(small: &Checked) -> String {
    difference(&v15(), small).unwrap()
}

/// One more service, `scratch`, at its end, with a way in from the LAN, and a setting of Letta's.
pub(crate) fn grown(docker: DockerRelease) -> Checked {
    let mut grown = variant(docker).with(&json!({ "services": {
        "letta": { "env": { "LETTA_DEBUG": "1" } },
        "scratch": {
            "zone": "memory",
            "stack": "memory",
            "image": { "reference": "omni/stand-in-qdrant:1", "source": "local" },
            "user": "1000:1000",
            "ports": { "http": "6400:6333" },
            "memory_limit": "64 MiB",
            "health": { "http": { "port": "http", "path": "/healthz" } },
            "metrics": { "port": "http", "exporter": "qdrant" },
        },
    } }));
    grown.push("/flows", "lan -> scratch.http");
    grown.push("/hosts/omni/openings", json!({ "to": "scratch.http", "from": "lan", "purpose": "Scratch" }));
    let path = "hosts.omni.openings[7]";
    grown.push("/accept", json!({ "rule": "F004", "at": path, "reason": "It stands beside the others" }));
    grown.check().unwrap_or_else(|error| panic!("{error}"))
}

/// A program of this machine in the place of one in an image.
pub(crate) struct Real {
    pub(crate) service: &'static str,
    pub(crate) program: &'static str,
    /// What it reads beside its libraries.
    pub(crate) reads: &'static [&'static str],
    /// Where the product's image lets everybody write.
    pub(crate) writable: &'static [&'static str],
}

pub(crate) const REAL: &[Real] = &[
    Real { service: "prometheus", program: "/usr/bin/prometheus", reads: &[], writable: &[] },
    Real {
        service: "alertmanager",
        program: "/usr/bin/prometheus-alertmanager",
        reads: &["/usr/share/prometheus/alertmanager"],
        writable: &["/alertmanager"],
    },
    Real {
        service: "node-exporter",
        program: "/usr/bin/prometheus-node-exporter",
        reads: &[],
        writable: &[],
    },
    Real {
        service: "blackbox-exporter",
        program: "/usr/bin/prometheus-blackbox-exporter",
        reads: &[],
        writable: &[],
    },
];

/// What the engine is told of gVisor: a sandbox in a namespace has no KVM, no control groups and no raw sockets.
pub(crate) fn engine_settings() -> Value {
    json!({ "runtimes": { "runsc": {
        "path": "/usr/bin/runsc",
        "runtimeArgs": ["--platform=ptrace", "--ignore-cgroups", "--network=host"],
    } } })
}
