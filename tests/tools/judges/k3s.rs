//! What k3s and its kubelet read. No tool of Debian's knows these two formats, so they are read as their
//! documentation has them, as far as Omni writes them: a key that is new here must be looked up and added.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_norway::Value;

use super::yaml_document;
use crate::Judged;
use crate::tree::File;

/// Flags of `k3s server`, which are the keys of its configuration file.
const FLAGS: &[&str] = &[
    "bind-address",
    "cluster-cidr",
    "cluster-dns",
    "cluster-domain",
    "data-dir",
    "default-local-storage-path",
    "default-runtime",
    "disable",
    "disable-network-policy",
    "flannel-backend",
    "flannel-iface",
    "kube-apiserver-arg",
    "kube-controller-manager-arg",
    "kube-proxy-arg",
    "kube-scheduler-arg",
    "kubelet-arg",
    "node-ip",
    "node-label",
    "node-name",
    "node-taint",
    "protect-kernel-defaults",
    "secrets-encryption",
    "service-cidr",
    "tls-san",
    "write-kubeconfig",
    "write-kubeconfig-mode",
];

pub(crate) fn is_config(file: &File) -> bool {
    file.path.ends_with("k3s/config.yaml")
}

pub(crate) fn config(file: &File) -> Judged {
    let config: BTreeMap<String, Value> = yaml_document(&file.text)?;
    for (flag, value) in &config {
        if !FLAGS.contains(&flag.as_str()) {
            return Err(format!("`{flag}` is not a known flag of k3s server"));
        }
        let scalar = |value: &Value| value.is_string() || value.is_bool() || value.is_number();
        if !value.as_sequence().map_or(scalar(value), |values| values.iter().all(scalar)) {
            return Err(format!("`{flag}` is neither a scalar nor a list of scalars"));
        }
    }
    Ok(())
}

pub(crate) fn is_kubelet(file: &File) -> bool {
    file.is_yaml() && file.value_of("apiVersion").is_some_and(|it| it.starts_with("kubelet.config.k8s.io/"))
}

/// A part of `KubeletConfiguration`, in kubelet.config.k8s.io/v1beta1.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kubelet {
    api_version: String,
    kind: String,
    #[serde(default)]
    memory_swap: Option<MemorySwap>,
    #[serde(default, rename = "failSwapOn")]
    _fail_swap_on: Option<bool>,
    #[serde(default)]
    eviction_hard: BTreeMap<String, String>,
    #[serde(default)]
    system_reserved: BTreeMap<String, String>,
    #[serde(default)]
    kube_reserved: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MemorySwap {
    swap_behavior: String,
}

const SIGNALS: &[&str] = &[
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
    "imagefs.available",
    "imagefs.inodesFree",
    "pid.available",
];
const RESOURCES: &[&str] = &["cpu", "memory", "ephemeral-storage", "pid"];

pub(crate) fn kubelet(file: &File) -> Judged {
    let kubelet: Kubelet = yaml_document(&file.text)?;
    if (kubelet.api_version.as_str(), kubelet.kind.as_str())
        != ("kubelet.config.k8s.io/v1beta1", "KubeletConfiguration")
    {
        return Err(format!("{} {} is not what a kubelet reads", kubelet.api_version, kubelet.kind));
    }
    if let Some(swap) = kubelet.memory_swap
        && !["LimitedSwap", "NoSwap"].contains(&swap.swap_behavior.as_str())
    {
        return Err(format!("`{}` is no swapBehavior", swap.swap_behavior));
    }
    quantities(&kubelet.eviction_hard, SIGNALS)?;
    quantities(&kubelet.system_reserved, RESOURCES)?;
    quantities(&kubelet.kube_reserved, RESOURCES)
}

fn quantities(quantities: &BTreeMap<String, String>, keys: &[&str]) -> Judged {
    for (key, quantity) in quantities {
        if !keys.contains(&key.as_str()) {
            return Err(format!("`{key}` is not one of {}", keys.join(", ")));
        }
        let unit = quantity.trim_start_matches(|c: char| c.is_ascii_digit());
        if unit.len() == quantity.len()
            || !["", "%", "m", "Ki", "Mi", "Gi", "Ti", "k", "M", "G", "T"].contains(&unit)
        {
            return Err(format!("`{quantity}` of `{key}` is no quantity"));
        }
    }
    Ok(())
}
