//! A deployment: one machine, one service. Change it, then
//!
//! - `cargo run -- check` judges it; what cannot run does not even compile,
//! - `cargo run -- emit out` writes every file that an operator needs,
//! - `cargo run -- explain` lists the rules that it is judged by.

omni::deployment! {
    /// A box in the living room that runs open models
    pub fn home;

    name: "home",
    version: "1.0",

    // The machines: what they have, and how much of it may be promised.
    hosts: {
        box: {
            address: "192.168.1.10",
            lan: { interface: eno1, cidr: "192.168.1.0/24" },
            ram: { capacity: 64 GiB, ceiling: 90%, reserve: 8 GiB },
            gpus: { gpu0: { model: "RTX 4090", vram: 24 GiB } },
            // Images, logs and the operating system. On a machine with one disk, the storage is a share of
            // this one: `disk: root`, and `mount` is a folder.
            root: { capacity: 250 GB, reserve: 100 GB },
            storage: {
                mount: "/data",
                // As the disk is sold; a file system leaves 92 %.
                capacity: 500 GB,
                directories: { ollama: { owner: root, size: 200 GB } },
            },
            openings: [{ to: ssh, from: lan, purpose: "SSH" }],
        },
    },

    // Services that are trusted alike, and the Compose files that they stand in.
    zones: { inference: { title: "Inference" } },
    stacks: { inference: {} },

    services: {
        ollama: {
            zone: inference,
            stack: inference,
            image: { reference: "ollama/ollama:0.32.15" },
            ports: { http: 11434 },
            // What it keeps in memory, what it is killed beyond, and what it takes of the GPU.
            memory: { models: 24 GiB },
            memory_limit: 32 GiB,
            vram: { gpu0: 20 GiB },
            volumes: { "/root/.ollama": { data: ollama } },
            health: { http: { port: http, path: "/" } },
        },
    },

    // Who may talk to whom. Nobody else may.
    flows: [lan -> ollama.http],
}

fn main() -> std::process::ExitCode {
    omni::cli::main(home())
}
