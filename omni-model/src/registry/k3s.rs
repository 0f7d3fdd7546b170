//! k3s.

/// The parts of k3s that can be left out. <https://docs.k3s.io/installation/packaged-components>
pub const COMPONENTS: [&str; 6] =
    ["coredns", "local-storage", "metrics-server", "runtimes", "servicelb", "traefik"];
