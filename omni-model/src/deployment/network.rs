//! The containers' network on Docker Compose, and the Kubernetes cluster.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Peer, is_default};
use crate::{
    names::{Cidr, HostName, InterfaceName, K3sRelease, Sha256, Text, Word, ZoneName},
    registry::downloads,
    scalar::{ScalarError, scalar, text_schema},
    units::{Bytes, Percent},
};

/// The one bridge network that the containers on Docker Compose share. What flows in it is what the flows say: containers
/// cannot reach each other by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The bridge's name.
    pub bridge: InterfaceName,
    /// Its addresses. Each service has one of its own, so that rules can name it.
    pub subnet: Cidr,
}

impl Default for Network {
    /// `omni0`, in a corner of the private addresses that Docker and k3s leave alone.
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "both are known to be what they should be; a test reads them")]
        let known = |bridge: &str, subnet: &str| Self {
            bridge: bridge.parse().expect("an interface"),
            subnet: subnet.parse().expect("a network"),
        };
        known("omni0", "172.30.0.0/24")
    }
}

/// A NetworkPolicy that the author writes: where the pods of a zone may connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthoredPolicy {
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// The zone whose pods it governs.
    pub zone: ZoneName,
    /// Where they may connect to.
    pub egress: Vec<Peer>,
}

/// The Kubernetes cluster: k3s on one host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The host that runs it.
    pub host: HostName,
    /// The release of k3s.
    pub k3s: K3sRelease,
    /// The SHA-256s of that release. They are needed for a release that Omni does not know, and stand before those that it knows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub k3s_sha256: K3sSha256,
    /// The pods' addresses.
    pub pod_cidr: Cidr,
    /// The services' addresses.
    pub service_cidr: Cidr,
    /// The parts of k3s that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disable: Vec<Word>,
    /// Who may read the administrator's credentials.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kubeconfig_mode: FileMode,
    /// Whether Secrets are encrypted where the cluster keeps them. k3s decides it when a cluster starts for the first time. Default:
    /// `true`.
    #[serde(default = "encrypted", skip_serializing_if = "is_encrypted")]
    pub secrets_encryption: bool,
    /// What pods may do with swap.
    #[serde(default, skip_serializing_if = "is_default")]
    pub swap: SwapBehavior,
    /// When the kubelet evicts pods.
    pub eviction: Eviction,
    /// NVIDIA's device plugin, where there are GPUs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_plugin: Option<DevicePlugin>,
}

/// The SHA-256s of a release of k3s. One that is neither written here nor known to Omni is not compared with: then the program is
/// compared with what its release publishes, and `install.sh` prints what it saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct K3sSha256 {
    /// Of `install.sh` in k3s' repository, at the release's tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installer: Option<Sha256>,
    /// Of the program for x86_64, as `sha256sum-amd64.txt` of the release has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amd64: Option<Sha256>,
    /// Of the program for aarch64, as `sha256sum-arm64.txt` of the release has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm64: Option<Sha256>,
}

impl Cluster {
    /// What k3s is compared with before anything of it runs: what is written here, else what is known of its release.
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

/// NVIDIA's device plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DevicePlugin {
    /// Its image.
    pub image: crate::names::ImageRef,
}

/// What the kubelet lets pods do with swap.
/// <https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SwapBehavior {
    /// Pods cannot use swap.
    #[default]
    NoSwap,
    /// Burstable pods may, in proportion to what they request.
    LimitedSwap,
}

/// When the kubelet evicts pods: what must stay available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Eviction {
    /// Of the memory.
    pub memory_available: Bytes,
    /// Of the file system that holds the kubelet's files.
    pub nodefs_available: Percent,
    /// Free inodes of the file system that holds the kubelet's files, for example `5%`. Default: `5%`, Kubernetes' own.
    #[serde(default = "inodes_free", skip_serializing_if = "is_inodes_free")]
    pub nodefs_inodes_free: Percent,
    /// Of the file system that holds the images.
    pub imagefs_available: Percent,
}

/// Kubernetes' own default. Once `evictionHard` is written, signals that it does not name are not watched.
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds>
const INODES_FREE: Percent = Percent::new(5).unwrap();

fn inodes_free() -> Percent {
    INODES_FREE
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_inodes_free(share: &Percent) -> bool {
    *share == INODES_FREE
}

/// The permissions of a file, in octal: `0600`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("0?[0-7]{3}"))]
pub struct FileMode(u16);

impl FileMode {
    /// The permission bits.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether more than its owner may use it.
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
        mode.map(Self).ok_or_else(|| {
            ScalarError::invalid(text, "file mode", "write it in octal, for example `0600`")
        })
    }
}

scalar!(FileMode);
