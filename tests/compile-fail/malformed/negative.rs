//! Less than nothing.
#![deny(warnings)]

omni::deployment! {
    pub fn home;

    name: home,
    version: "1",
    hosts: {
        box: {
            address: "192.168.7.2",
            lan: { interface: eth0, cidr: "192.168.7.0/24" },
            ram: { capacity: 64 GiB, ceiling: 90%, reserve: 16 GiB }, root: { capacity: 250 GB, reserve: 100 GB },
            gpus: { gpu0: { model: "RTX 5090", vram: 32 GiB } },
            swap: { file: "/swapfile", size: -8 GiB },
        },
    },
    zones: { floor: { title: "Floor" } },
    stacks: { main: {} },
    services: {
        web: {
            zone: floor,
            stack: main,
            image: { reference: "home/web:1.0", source: local },
            user: "1000:1000",
            ports: { http: 8001 },
            memory: { weights: 8 GiB },
            memory_limit: 10 GiB,
            vram: { gpu0: 9 GiB },
            load_time: 1min,
            health: { http: { port: http, path: "/health" } },
        },
    },
    notes: [{ heading: -1 }],
    flows: [lan -> web.http],
}

fn main() {
    assert!(home().services.contains_key(home::services::WEB));
}
