//! One machine, one GPU, one service: what to copy. `cargo run --example minimal -- emit out/` writes its files.

omni::deployment! {
    /// A box in the living room that runs open models
    pub fn minimal;

    name: "minimal",
    version: "1.0",
    hosts: {
        homelab: {
            address: "192.168.1.10",
            lan: { interface: eno1, cidr: "192.168.1.0/24" },
            ram: { capacity: 64 GiB, ceiling: 90%, reserve: 8 GiB },
            gpus: { gpu0: { model: "RTX 4090", vram: 24 GiB } },
            root: { capacity: 250 GB, reserve: 100 GB },
            storage: { mount: "/data", capacity: 500 GB, directories: { ollama: { owner: root, size: 200 GB } } },
            openings: [{ to: ssh, from: lan, purpose: "SSH" }],
        },
    },
    zones: { inference: { title: "Inference" } },
    stacks: { inference: {} },
    services: {
        ollama: {
            zone: inference,
            stack: inference,
            image: { reference: "ollama/ollama:0.32.15" },
            ports: { http: 11434 },
            memory: { models: 24 GiB },
            memory_limit: 32 GiB,
            vram: { gpu0: 20 GiB },
            volumes: { "/root/.ollama": { data: ollama } },
            health: { http: { port: http, path: "/" } },
        },
    },
    flows: [lan -> ollama.http],
}

fn main() -> std::process::ExitCode {
    omni::cli::main(minimal())
}
