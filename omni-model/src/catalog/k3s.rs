//! k3s.

use crate::units::Protocol;

/// The components of k3s that `cluster.disable` can leave out. <https://docs.k3s.io/installation/packaged-components>
pub const COMPONENTS: [&str; 6] =
    ["coredns", "local-storage", "metrics-server", "runtimes", "servicelb", "traefik"];

/// The ports that k3s itself listens on, and whether only on the loopback address.
/// <https://docs.k3s.io/installation/requirements>, <https://kubernetes.io/docs/reference/networking/ports-and-protocols/>
pub const PORTS: [(u16, Protocol, bool, &str); 11] = [
    (6443, Protocol::Tcp, false, "Kubernetes' API server"),
    (10250, Protocol::Tcp, false, "the kubelet"),
    (8472, Protocol::Udp, false, "flannel's VXLAN"),
    (6444, Protocol::Tcp, true, "k3s' load balancer"),
    (10010, Protocol::Tcp, true, "containerd's streaming server"),
    (10248, Protocol::Tcp, true, "the kubelet's health endpoint"),
    (10249, Protocol::Tcp, true, "kube-proxy's metrics"),
    (10256, Protocol::Tcp, true, "kube-proxy's health endpoint"),
    (10257, Protocol::Tcp, true, "the controller manager"),
    (10258, Protocol::Tcp, true, "the cloud controller manager"),
    (10259, Protocol::Tcp, true, "the scheduler"),
];
