//! A workshop: what stands in it is written down, and how many robots work there is computed.

use omni::Deployment;

omni::deployment! {
    /// A workshop with one robot
    fn workshop;

    name: workshop,
    version: "1",
    hosts: {
        bench: {
            address: "192.168.7.2",
            lan: { interface: eth0, cidr: "192.168.7.0/24" },
            ram: { capacity: 64 GiB, ceiling: 90%, reserve: 16 GiB },
            gpus: { gpu0: { model: "NVIDIA GeForce RTX 5090", vram: 32 GiB } },
            root: { capacity: 500 GB, reserve: 100 GB },
            swap: { file: "/swapfile", size: 8 GiB },
        },
    },
    zones: { floor: { title: "Floor" } },
    stacks: { robots: {} },
    services: {
        robot: {
            zone: floor,
            stack: robots,
            image: { reference: "workshop/robot:1.0", source: local },
            user: "1000:1000",
            ports: { http: 8001 },
            memory: { weights: 8 GiB },
            memory_limit: 10 GiB,
            vram: { gpu0: 9 GiB },
            load_time: 1min,
            health: { http: { port: http, path: "/health" } },
        },
    },
    flows: [lan -> robot.http],
}

/// Three robots, or one more.
pub fn deployment() -> Deployment {
    let mut deployment = Deployment::from(workshop());
    let robots = if cfg!(feature = "one-too-many") { 4 } else { 3 };
    for number in 2..=robots {
        let mut robot = deployment.services[workshop::services::ROBOT].clone();
        let port = format!("{}", 8000 + number);
        robot.ports.insert(parsed("http"), parsed(&port));
        deployment.services.insert(parsed(&format!("robot-{number}")), robot);
    }
    deployment
}

/// A value as a document has it.
fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a value of its kind")
}
