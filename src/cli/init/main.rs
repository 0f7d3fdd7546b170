//! A deployment: one machine, one service. Change it, then run
//!
//! - `cargo run -- check` to check it against every rule; a deployment with an error does not even compile,
//! - `cargo run -- emit out` to write every file that an operator needs,
//! - `cargo run -- explain services.memory_limit` to read about a key, and `cargo run -- explain` to list the rules.

omni::deployment! {
    /// A box in the living room that runs open models
    pub fn home;

    name: "home",
    version: "1.0",

    // The machines: what they have, and how much of it services may take.
    hosts: {
        box: {
            address: "192.168.1.10",
            lan: { interface: eno1, cidr: "192.168.1.0/24" },
            ram: { capacity: 64 GiB, ceiling: 90%, reserve: 8 GiB },
            gpus: { gpu0: { model: "RTX 4090", vram: 24 GiB } },
            // The disk with images, logs and the operating system. On a machine with a single disk, the storage
            // is a share of this one: set `disk: root`, and `mount` to a folder.
            root: { capacity: 250 GB, reserve: 100 GB },
            storage: {
                mount: "/data",
                // The size on the label; 92 % of it is budgeted.
                capacity: 500 GB,
                directories: { ollama: { owner: root, size: 200 GB } },
            },
            openings: [{ to: ssh, from: lan, purpose: "SSH" }],
        },
    },

    // Trust zones group services that are trusted alike; each stack is a Compose file.
    zones: { inference: { title: "Inference" } },
    stacks: { inference: {} },

    services: {
        ollama: {
            zone: inference,
            stack: inference,
            image: { reference: "ollama/ollama:0.32.15" },
            ports: { http: 11434 },
            // What the service keeps in memory, its hard limit, and what it takes of the GPU.
            memory: { models: 24 GiB },
            memory_limit: 32 GiB,
            vram: { gpu0: 20 GiB },
            volumes: { "/root/.ollama": { data: ollama } },
            health: { http: { port: http, path: "/" } },
        },
    },

    // Who may talk to whom. Everything else is blocked.
    flows: [lan -> ollama.http],
}

fn main() -> std::process::ExitCode {
    omni::cli::main(home())
}
