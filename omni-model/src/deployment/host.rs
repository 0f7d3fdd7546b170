//! A machine: what it has, and what is set up on it.

use std::{fmt, net::Ipv4Addr, num::NonZeroU32, str::FromStr};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DockerRelease, PortOf, flow::port_of, is_default};
use crate::{
    names::{
        AbsPath, CIDR, Cidr, DirectoryName, GpuName, GpuUuid, InterfaceName, KernelParameter, Owner,
        PciAddress, Text,
    },
    registry::{hardware, huge_pages},
    scalar::{ScalarError, scalar, text_schema},
    units::{Bytes, Calendar, PORT, Percent, Port, PortRange},
};

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Its address in its LAN.
    pub address: Ipv4Addr,
    /// Its LAN.
    pub lan: Lan,
    /// What happens to IPv6.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ipv6: Ipv6,
    /// Its processor, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Text>,
    /// How many processors Linux counts, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processors: Option<u32>,
    /// Its NUMA nodes.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub numa_nodes: u32,
    /// Its memory.
    pub ram: Ram,
    /// Its GPUs, in the order of their PCI addresses.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub gpus: IndexMap<GpuName, Gpu>,
    /// Its root file system, with images, the writable layers of containers, logs and k3s' data on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Root>,
    /// Its disk for models and data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// Its swap file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap: Option<Swap>,
    /// Regular backups of what its services write; with none, backups are made by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<Backup>,
    /// Its kernel's command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<Kernel>,
    /// The major release of its Docker Engine, where containers run on Docker Compose. Since 28 the engine drops what others than
    /// its own network send to a container's own address; the prover counts on what the release does, and `preflight.sh` compares
    /// it with the machine's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub docker: DockerRelease,
    /// Where sshd listens.
    #[serde(default = "ssh", skip_serializing_if = "is_ssh")]
    pub ssh_port: Port,
    /// Openings in its firewall that the author writes, beside those that the flows make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub openings: Vec<Opening>,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_one(count: &u32) -> bool {
    *count == 1
}

fn ssh() -> Port {
    Port::SSH
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_ssh(port: &Port) -> bool {
    *port == ssh()
}

/// The network that a host stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lan {
    /// The host's interface in it.
    pub interface: InterfaceName,
    /// Its addresses.
    pub cidr: Cidr,
    /// Where the operator sits; with none, anywhere in the LAN.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<Ipv4Addr>,
}

/// What happens to IPv6 on a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6 {
    /// The firewall rejects it in each direction, and Docker and Kubernetes have no IPv6. A connection that is established stays.
    #[default]
    Deny,
    /// The LAN's IPv6 meets the same rules as its IPv4.
    Allow,
}

/// A host's memory.
///
/// The ceiling is a share of the capacity. The ledgers promise no more than the kernel has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ram {
    /// The memory that is installed, for example `128 GiB`.
    pub capacity: Bytes,
    /// What the kernel has of it: `MemTotal` in `/proc/meminfo`. The default is 97 % of the capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usable: Option<Bytes>,
    /// How much of the capacity may be promised, in whole percent, rounded half up.
    pub ceiling: Percent,
    /// What stays for the operating system, for buffers, and for the services that declare a limit but no memory
    /// components.
    pub reserve: Bytes,
}

/// A GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    /// What it is, as NVIDIA names it.
    pub model: Text,
    /// Its memory: the size that the card is sold with, for example `24 GiB`, or what `nvidia-smi` shows, for example
    /// `24564 MiB`. Services can have less than that; `omni budget` shows both.
    pub vram: Bytes,
    /// Its UUID, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<GpuUuid>,
    /// Its PCI address, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pci: Option<PciAddress>,
}

/// A host's root file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// The size of its disk or partition, for example `250 GB`. The ledger counts on 92 % of it: a file system takes the
    /// rest.
    pub capacity: Bytes,
    /// What the operating system, images, the writable layers of containers, logs and k3s' data may take of it.
    pub reserve: Bytes,
}

/// A host's disk for models and data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Where it is mounted, or its folder on the root file system.
    pub mount: AbsPath,
    /// The disk that it is on.
    #[serde(default, skip_serializing_if = "is_default")]
    pub disk: Disk,
    /// The size of its disk or partition, or the least that is counted on, for example `1 TB`. The ledger counts on 92 %
    /// of it: a file system takes the rest. On the root file system: the share of that which the storage may take.
    pub capacity: Bytes,
    /// The directories on it.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub directories: IndexMap<DirectoryName, Directory>,
    /// The directory that model files are downloaded to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<DirectoryName>,
}

/// The disk that a storage is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disk {
    /// A file system of its own, mounted where the storage is.
    #[default]
    Own,
    /// The root file system. What fills the storage then stops the machine as well.
    Root,
}

/// A directory right below a storage's mount point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// What is in it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Who owns it.
    #[serde(default = "operator", skip_serializing_if = "is_operator")]
    pub owner: Owner,
    /// How much may come into it, beside the models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Bytes>,
}

fn operator() -> Owner {
    Owner::Operator
}

fn is_operator(owner: &Owner) -> bool {
    *owner == Owner::Operator
}

/// A swap file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    /// Where it is.
    pub file: AbsPath,
    /// Its size.
    pub size: Bytes,
}

/// Regular backups: `backup.sh` stops the services that write, saves their directories, and starts them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The folder in which each backup gets a folder of its own. It must be there, with its disk mounted.
    pub to: AbsPath,
    /// When backups are made, in the host's local time; a backup that was missed is made at the next start. By default `daily`.
    #[serde(default = "Calendar::daily", skip_serializing_if = "is_daily")]
    pub calendar: Calendar,
    /// How many of these backups are kept; older ones are deleted. Backups that were made by hand are never deleted. By
    /// default 7.
    #[serde(default = "seven", skip_serializing_if = "is_seven")]
    pub keep: NonZeroU32,
}

fn is_daily(calendar: &Calendar) -> bool {
    *calendar == Calendar::daily()
}

const SEVEN: NonZeroU32 = NonZeroU32::new(7).unwrap();

fn seven() -> NonZeroU32 {
    SEVEN
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_seven(count: &NonZeroU32) -> bool {
    *count == SEVEN
}

/// A kernel's command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kernel {
    /// The parameters, in their order, and what each is for.
    pub parameters: IndexMap<KernelParameter, Text>,
    /// Those that must not go missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub critical: Vec<KernelParameter>,
    /// Parameters of the machine that may go: `parameters` take the place of what `GRUB_CMDLINE_LINUX_DEFAULT` has on it, and
    /// `deploy.sh` stops at what neither list names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drops: Vec<KernelParameter>,
}

/// An opening in a host's firewall that the author writes: one line of ufw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What is opened.
    pub to: OpeningTarget,
    /// For whom.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from: Source,
    /// What for.
    pub purpose: Text,
}

/// What an opening opens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(&opening()))]
pub enum OpeningTarget {
    /// Every port: `any`.
    Any,
    /// Where sshd listens: `ssh`.
    Ssh,
    /// A service's port: `grafana.http`.
    Port(PortOf),
    /// Ports by their numbers: `8000:8100/tcp`.
    Ports(PortRange),
}

fn opening() -> String {
    format!("any|ssh|{}|{PORT}(:{PORT})?/(tcp|udp)", port_of())
}

impl fmt::Display for OpeningTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Ssh => f.write_str("ssh"),
            Self::Port(port) => port.fmt(f),
            Self::Ports(ports) => ports.fmt(f),
        }
    }
}

impl FromStr for OpeningTarget {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        match text {
            "any" => Ok(Self::Any),
            "ssh" => Ok(Self::Ssh),
            _ if text.starts_with(|c: char| c.is_ascii_digit()) => text.parse().map(Self::Ports),
            _ if text.contains('.') => text.parse().map(Self::Port),
            _ => {
                let help = "write `any`, `ssh`, a service's port such as `grafana.http`, or ports such as `8000:8100/tcp`";
                Err(ScalarError::invalid(text, "target of an opening", help))
            }
        }
    }
}

/// For whom an opening is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(&format!("anywhere|lan|pods|services|{CIDR}")))]
pub enum Source {
    /// Anybody: `anywhere`.
    #[default]
    Anywhere,
    /// Whoever is in the host's LAN: `lan`.
    Lan,
    /// The cluster's pods: `pods`.
    Pods,
    /// The cluster's services: `services`.
    Services,
    /// A network by its addresses.
    Cidr(Cidr),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anywhere => f.write_str("anywhere"),
            Self::Lan => f.write_str("lan"),
            Self::Pods => f.write_str("pods"),
            Self::Services => f.write_str("services"),
            Self::Cidr(cidr) => cidr.fmt(f),
        }
    }
}

impl FromStr for Source {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        match text {
            "anywhere" => Ok(Self::Anywhere),
            "lan" => Ok(Self::Lan),
            "pods" => Ok(Self::Pods),
            "services" => Ok(Self::Services),
            _ if text.starts_with(|c: char| c.is_ascii_digit()) => text.parse().map(Self::Cidr),
            _ => {
                let help = "write `anywhere`, `lan`, `pods`, `services` or a network such as \"192.168.3.0/24\"";
                Err(ScalarError::invalid(text, "source", help))
            }
        }
    }
}

scalar!(OpeningTarget, Source);

impl Ram {
    /// The most that the kernel has to give: [`usable`](Self::usable), or what is known to be left of the capacity.
    pub fn available(&self) -> Bytes {
        self.usable.unwrap_or_else(|| hardware::kernel_has(self.capacity))
    }
}

impl Root {
    /// What the file system has room for.
    pub fn available(&self) -> Bytes {
        hardware::file_system_has(self.capacity)
    }
}

impl Storage {
    /// What it has room for. A share of the root file system is what it is: the ledger of that counts what the file system
    /// takes.
    pub fn available(&self) -> Bytes {
        match self.disk {
            Disk::Own => hardware::file_system_has(self.capacity),
            Disk::Root => self.capacity,
        }
    }

    /// The mount point of the file system that it is on.
    pub fn mount_point(&self) -> &str {
        match self.disk {
            Disk::Own => self.mount.as_str(),
            Disk::Root => "/",
        }
    }
}

impl Kernel {
    /// What each parameter sets aside in huge pages at boot.
    pub fn huge_pages(&self) -> Vec<(&KernelParameter, Bytes)> {
        huge_pages::set_aside(self.parameters.keys()).collect()
    }
}
