//! What k3s and its kubelet read.

use std::net::Ipv4Addr;

use indexmap::IndexMap;
use omni_model::{
    Facts,
    deployment::{Cluster, Eviction, Host, Service, SwapBehavior},
    names::Word,
    running,
    scenario::Runtime,
    units::Bytes,
};
use serde::Serialize;

use crate::kubernetes::quantity;

/// The flags of `k3s server`, as its configuration file has them: <https://docs.k3s.io/cli/server>.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Config<'a> {
    node_ip: Ipv4Addr,
    cluster_cidr: String,
    service_cidr: String,
    #[serde(skip_serializing_if = "<[Word]>::is_empty")]
    disable: &'a [Word],
    /// <https://docs.k3s.io/security/secrets-encryption>
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    secrets_encryption: bool,
    write_kubeconfig_mode: String,
}

impl<'a> Config<'a> {
    pub(super) fn of(cluster: &'a Cluster, host: &Host) -> Self {
        Self {
            node_ip: host.address,
            cluster_cidr: cluster.pod_cidr.to_string(),
            service_cidr: cluster.service_cidr.to_string(),
            disable: &cluster.disable,
            secrets_encryption: cluster.secrets_encryption,
            write_kubeconfig_mode: cluster.kubeconfig_mode.to_string(),
        }
    }
}

/// A part of the kubelet's configuration, on top of what k3s sets:
/// <https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kubelet {
    api_version: &'static str,
    kind: &'static str,
    #[serde(flatten)]
    pub(super) settings: KubeletSettings,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KubeletSettings {
    fail_swap_on: bool,
    memory_swap: MemorySwap,
    system_reserved: IndexMap<&'static str, String>,
    eviction_hard: IndexMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MemorySwap {
    swap_behavior: SwapBehavior,
}

impl Kubelet {
    pub(super) fn of(facts: &Facts<'_>, cluster: &Cluster, host: &Host) -> Self {
        let Eviction { memory_available, nodefs_available, nodefs_inodes_free, imagefs_available } =
            cluster.eviction;
        let settings = KubeletSettings {
            fail_swap_on: false,
            memory_swap: MemorySwap { swap_behavior: cluster.swap },
            system_reserved: [("memory", quantity(system_reserved(facts, cluster, host)).0)].into(),
            eviction_hard: [
                ("memory.available", quantity(memory_available).0),
                ("nodefs.available", nodefs_available.to_string()),
                ("nodefs.inodesFree", nodefs_inodes_free.to_string()),
                ("imagefs.available", imagefs_available.to_string()),
            ]
            .into(),
        };
        Self { api_version: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration", settings }
    }
}

/// The memory that pods do not get: the host's reserve without the pods that live on it, and what services on Docker Compose
/// keep beside it.
fn system_reserved(facts: &Facts<'_>, cluster: &Cluster, host: &Host) -> Bytes {
    let most = |demand: &dyn Fn(&Service) -> Bytes| {
        let running = running::worst(facts, &cluster.host, |service| demand(service).get());
        let services = running.into_iter().filter_map(|name| facts.service(name));
        Bytes::checked_sum(services.map(|(_, service)| demand(service))).unwrap_or(Bytes::new(u64::MAX))
    };
    let on_reserve = most(&|service| {
        let pod = facts.runtime(service) == Runtime::Kubernetes && service.memory.is_empty();
        if pod { service.memory_limit } else { Bytes::ZERO }
    });
    let beside = most(&|service| {
        let components =
            service.memory.values().copied().filter(|_| facts.runtime(service) == Runtime::Compose);
        Bytes::checked_sum(components).unwrap_or(Bytes::new(u64::MAX))
    });
    let reserved = host.ram.reserve.saturating_sub(on_reserve);
    reserved.checked_add(beside).unwrap_or(host.ram.capacity)
}
