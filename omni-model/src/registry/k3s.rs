//! k3s.

/// The components of k3s that `cluster.disable` can leave out. <https://docs.k3s.io/installation/packaged-components>
pub const COMPONENTS: [&str; 6] =
    ["coredns", "local-storage", "metrics-server", "runtimes", "servicelb", "traefik"];
