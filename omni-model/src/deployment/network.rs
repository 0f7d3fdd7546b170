//! The network of the containers on Docker Compose, and the Kubernetes cluster.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Peer, is_default};
use crate::{
    catalog::downloads,
    names::{Cidr, HostName, InterfaceName, K3sRelease, Sha256, Text, Word, ZoneName},
    scalar::{ScalarError, scalar, text_schema},
    units::{Bytes, Percent},
};

/// The bridge network that all containers on Docker Compose share. Containers reach each other only where a flow allows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Name of the bridge on the host, for example `omni0`.
    pub bridge: InterfaceName,
    /// Addresses of the containers, for example `172.30.0.0/24`. Each service gets a fixed address, so that firewall rules
    /// can name it.
    pub subnet: Cidr,
}

impl Default for Network {
    /// `omni0` with private addresses that neither Docker nor k3s uses by default.
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "both are known to be what they should be; a test reads them")]
        let known = |bridge: &str, subnet: &str| Self {
            bridge: bridge.parse().expect("an interface"),
            subnet: subnet.parse().expect("a network"),
        };
        known("omni0", "172.30.0.0/24")
    }
}

/// A NetworkPolicy of your own: the destinations that the pods of a zone may connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthoredPolicy {
    /// What the policy is for, in one sentence for people, for example `Agents reach the model only`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Zone whose pods the policy applies to, for example `agents`.
    pub zone: ZoneName,
    /// Destinations that the pods may connect to, for example `[ollama.http]`.
    pub egress: Vec<Peer>,
}

/// The Kubernetes cluster: k3s on a single host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// Host that runs k3s, for example `box`.
    pub host: HostName,
    /// Release of k3s to install, for example `v1.33.5+k3s1` (v1.32.2 or newer).
    pub k3s: K3sRelease,
    /// Checksums of the release. Omni warns if it does not know the release and they are missing (S010). They take precedence
    /// over the checksums that Omni knows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub k3s_sha256: K3sSha256,
    /// Addresses of the pods, for example `10.42.0.0/16`.
    pub pod_cidr: Cidr,
    /// Addresses of the Kubernetes services, for example `10.43.0.0/16`.
    pub service_cidr: Cidr,
    /// Components of k3s that are not installed, for example `[traefik, servicelb]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disable: Vec<Word>,
    /// File mode of the administrator's kubeconfig, in octal, for example `0640`.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub kubeconfig_mode: FileMode,
    /// Whether the cluster encrypts Secrets in its datastore. k3s reads this setting only when the cluster starts for the
    /// first time.
    #[serde(default = "encrypted", skip_serializing_if = "is_encrypted")]
    #[schemars(skip_serializing_if = "super::never")]
    pub secrets_encryption: bool,
    /// Whether pods may use swap.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub swap: SwapBehavior,
    /// Thresholds at which the kubelet evicts pods.
    pub eviction: Eviction,
    /// NVIDIA's device plugin. Required if pods use GPUs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_plugin: Option<DevicePlugin>,
}

/// SHA-256 checksums of a k3s release. Without one, here or in Omni, the program is compared with the checksum that its
/// release publishes, and `install.sh` prints what it saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct K3sSha256 {
    /// Checksum of `install.sh` in the k3s repository at the tag of the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installer: Option<Sha256>,
    /// Checksum of the program for x86_64, from `sha256sum-amd64.txt` of the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amd64: Option<Sha256>,
    /// Checksum of the program for aarch64, from `sha256sum-arm64.txt` of the release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm64: Option<Sha256>,
}

impl Cluster {
    /// The checksums that k3s must have before anything of it runs: those of the document, or else the known ones of its release.
    pub fn k3s_checksums(&self) -> K3sSha256 {
        let known = downloads::k3s(&self.k3s);
        let pin = |own: &Option<Sha256>, known: Option<&str>| {
            own.clone().or_else(|| known.and_then(|known| known.parse().ok()))
        };
        K3sSha256 {
            installer: pin(&self.k3s_sha256.installer, known.map(|known| known.installer)),
            amd64: pin(&self.k3s_sha256.amd64, known.map(|known| known.amd64)),
            arm64: pin(&self.k3s_sha256.arm64, known.map(|known| known.arm64)),
        }
    }
}

fn encrypted() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_encrypted(encrypted: &bool) -> bool {
    *encrypted
}

/// NVIDIA's device plugin, which makes GPUs available to pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DevicePlugin {
    /// Image of the device plugin, for example `nvcr.io/nvidia/k8s-device-plugin:v0.17.4`.
    pub image: crate::names::ImageRef,
}

/// Whether the kubelet lets pods use swap.
/// <https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SwapBehavior {
    /// Pods cannot use swap.
    #[default]
    NoSwap,
    /// Burstable pods can use swap, in proportion to the memory that they request.
    LimitedSwap,
}

/// Thresholds at which the kubelet evicts pods: what must stay available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Eviction {
    /// Memory that must stay available, for example `2 GiB`.
    pub memory_available: Bytes,
    /// Free space on the file system of the kubelet, for example `10%`.
    pub nodefs_available: Percent,
    /// Free inodes on the file system of the kubelet, for example `8%`.
    #[serde(default = "inodes_free", skip_serializing_if = "is_inodes_free")]
    #[schemars(skip_serializing_if = "super::never")]
    pub nodefs_inodes_free: Percent,
    /// Free space on the file system of the images, for example `15%`.
    pub imagefs_available: Percent,
}

/// Kubernetes' own default. Once `evictionHard` is written, signals that it does not name are not watched.
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds>
pub(crate) const INODES_FREE: Percent = Percent::new(5).unwrap();

fn inodes_free() -> Percent {
    INODES_FREE
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_inodes_free(share: &Percent) -> bool {
    *share == INODES_FREE
}

/// The permissions of a file in octal, for example `0600`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("file mode", "0?[0-7]{3}"))]
pub struct FileMode(u16);

impl FileMode {
    /// The permission bits.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether anybody but the owner has access.
    pub const fn is_shared(self) -> bool {
        self.0 & 0o077 != 0
    }
}

impl Default for FileMode {
    fn default() -> Self {
        Self(0o600)
    }
}

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl FromStr for FileMode {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let digits = (3..=4).contains(&text.len()) && text.bytes().all(|b| (b'0'..=b'7').contains(&b));
        let mode =
            if digits { u16::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o777) } else { None };
        mode.map(Self)
            .ok_or_else(|| ScalarError::invalid(text, "file mode", "write it in octal, for example `0600`"))
    }
}

scalar!(FileMode);
