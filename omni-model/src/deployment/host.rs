//! A machine: what it has, and what is set up on it.

use std::{fmt, net::Ipv4Addr, num::NonZeroU32, str::FromStr};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Deployment, DockerRelease, PortOf, flow::port_of, is_default};
use crate::{
    catalog::{hardware, huge_pages},
    names::{
        AbsPath, CIDR, Cidr, DirectoryName, GpuName, GpuUuid, HostName, InterfaceName, KernelParameter,
        Owner, PciAddress, Text,
    },
    scalar::{ScalarError, scalar, text_schema},
    units::{Bytes, Calendar, PORT, Percent, Port, PortRange},
};

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// What the machine is, in one sentence for people, for example `The box under the stairs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// IPv4 address of the host in its LAN, for example `192.168.1.10`.
    pub address: Ipv4Addr,
    /// The LAN that the host is connected to.
    pub lan: Lan,
    /// How the firewall treats IPv6.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub ipv6: Ipv6,
    /// The processor, for people, for example `AMD EPYC 9354P`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Text>,
    /// Number of processors that Linux sees, for example `64`: what `nproc` prints. If set, the `cpus` of the services must
    /// fit (B012).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processors: Option<u32>,
    /// Number of NUMA nodes, for example `2`.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    #[schemars(skip_serializing_if = "super::never")]
    pub numa_nodes: u32,
    /// The memory of the host.
    pub ram: Ram,
    /// The GPUs, by name, for example `gpu0`, in the order of their PCI addresses.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub gpus: IndexMap<GpuName, Gpu>,
    /// The root file system, which holds images, the writable layers of containers, logs and the data of k3s. If omitted, it
    /// is not budgeted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Root>,
    /// The disk for models and data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
    /// The swap file. Default: none is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap: Option<Swap>,
    /// Scheduled backups of the data that services write. Default: backups are made by hand only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<Backup>,
    /// The command line of the Linux kernel. Default: it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<Kernel>,
    /// Major release of Docker Engine, for example `28`, if containers run on Docker Compose. Since 28, Docker drops traffic
    /// from outside a container's network to the container's own address. The prover relies on the release, and
    /// `preflight.sh` compares it with the installed one.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub docker: DockerRelease,
    /// TCP port on which sshd listens, for example `2222`.
    #[serde(default = "ssh", skip_serializing_if = "is_ssh")]
    #[schemars(skip_serializing_if = "super::never")]
    pub ssh_port: Port,
    /// Firewall openings of your own, beside those that follow from the flows.
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

/// The network that a host is connected to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lan {
    /// Network interface of the host in the LAN, for example `eno1`: see `ip address`.
    pub interface: InterfaceName,
    /// Addresses of the LAN, for example `192.168.1.0/24`.
    pub cidr: Cidr,
    /// IPv4 addresses of the machines that operators work from, for example `[192.168.1.5]`. Default: every machine in the
    /// LAN.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<Ipv4Addr>,
}

/// How a host's firewall treats IPv6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6 {
    /// The firewall rejects IPv6 in both directions, and Docker and Kubernetes do not use it. Established connections are
    /// kept.
    #[default]
    Deny,
    /// IPv6 from the LAN is treated like IPv4 from the LAN.
    Allow,
}

/// The memory of a host. What its services may take is limited twice: by `ceiling`, and by what the kernel really has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ram {
    /// Installed memory, for example `128 GiB`.
    pub capacity: Bytes,
    /// Memory that the kernel has, for example `125 GiB`: `MemTotal` in `/proc/meminfo`. Default: 97 % of `capacity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usable: Option<Bytes>,
    /// Share of `capacity` that services and `reserve` may take together, for example `90%`. Compared in whole percent,
    /// rounded half up (B001).
    pub ceiling: Percent,
    /// Memory for the operating system, for buffers, and for services without `memory`, for example `8 GiB`.
    pub reserve: Bytes,
}

/// A GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    /// Model as NVIDIA names it, for example `RTX 4090`.
    pub model: Text,
    /// Memory of the GPU: the size it is sold with, for example `24 GiB`, or what `nvidia-smi` shows, such as `24564 MiB`.
    /// Services get a little less; `omni budget` shows both.
    pub vram: Bytes,
    /// UUID, for example `GPU-01234567-89ab-cdef-0123-456789abcdef`: see `nvidia-smi -L`. If set, the preflight compares it
    /// with the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<GpuUuid>,
    /// PCI address, for example `0000:01:00.0`: see `nvidia-smi`. If set, the preflight compares it with the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pci: Option<PciAddress>,
}

/// The root file system of a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// Size of the disk or partition, for example `250 GB`. Of this, 92 % is budgeted; the file system takes the rest.
    pub capacity: Bytes,
    /// Space for the operating system, images, the writable layers of containers, logs and the data of k3s, for example `100
    /// GB`.
    pub reserve: Bytes,
}

/// The disk of a host for models and data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// What the disk is, in one sentence for people, for example `NVMe drive for models`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Mount point, for example `/data`. With `disk: root`, a folder on the root file system.
    pub mount: AbsPath,
    /// The file system that holds the storage.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub disk: Disk,
    /// Size of the disk or partition, for example `1 TB`. Of this, 92 % is budgeted; the file system takes the rest. With
    /// `disk: root`, the share of the root file system that the storage may take.
    pub capacity: Bytes,
    /// Directories on the storage, by name, for example `models`. Each is created directly below `mount`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub directories: IndexMap<DirectoryName, Directory>,
    /// Directory that models are downloaded to, for example `models`. Must be one of `directories`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<DirectoryName>,
}

/// The file system that holds a storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disk {
    /// A file system of its own, mounted at `mount`.
    #[default]
    Own,
    /// The root file system. If the storage fills it, the machine stops working.
    Root,
}

/// A directory directly below the mount point of a storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// What the directory holds, in one sentence for people, for example `Model files`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// Owner of the directory, for example `1000:1000`: `operator` (who runs the scripts), `root`, or a numeric `uid:gid`.
    /// Must be the user of the service that writes to it (K005).
    #[serde(default = "operator", skip_serializing_if = "is_operator")]
    #[schemars(skip_serializing_if = "super::never")]
    pub owner: Owner,
    /// Space for what services write to the directory, without model files, for example `50 GiB`. Default: not budgeted.
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
    /// Path of the swap file, for example `/data/swapfile`.
    pub file: AbsPath,
    /// Size of the swap file, for example `64 GiB`.
    pub size: Bytes,
}

/// Scheduled backups: `backup.sh` stops the services that write, saves their directories, and starts the services again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Folder for the backups, for example `/mnt/backup`. Each backup gets a subfolder. The folder must exist and its disk
    /// must be mounted.
    pub to: AbsPath,
    /// When backups are made, in the local time of the host, for example `Sun 03:30`. A missed backup is made at the next
    /// boot.
    #[serde(default = "Calendar::daily", skip_serializing_if = "is_daily")]
    #[schemars(skip_serializing_if = "super::never")]
    pub calendar: Calendar,
    /// Number of scheduled backups to keep, for example `14`. Older ones are deleted. Backups made by hand are never deleted.
    #[serde(default = "seven", skip_serializing_if = "is_seven")]
    #[schemars(skip_serializing_if = "super::never")]
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

/// The command line of the Linux kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kernel {
    /// Kernel parameters in order, each with its purpose, for example `{ iommu=pt: "Direct memory access of the GPUs" }`.
    /// They replace `GRUB_CMDLINE_LINUX_DEFAULT`.
    pub parameters: IndexMap<KernelParameter, Text>,
    /// Parameters that must not be lost, for example `[iommu=pt]`: each must be in `parameters` with the same value (K001).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub critical: Vec<KernelParameter>,
    /// Parameters of the machine that may be removed, for example `[splash]`. `deploy.sh` stops if the machine has a
    /// parameter that is neither here nor in `parameters`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drops: Vec<KernelParameter>,
}

/// A firewall opening of your own: one rule of ufw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// What to open, for example `ssh`: `any`, `ssh`, a port of a service such as `grafana.http`, or ports such as
    /// `8000:8100/tcp`.
    pub to: OpeningTarget,
    /// Who may connect, for example `lan`: `anywhere`, `lan`, `pods`, `services`, or a network such as `10.0.0.0/8`.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(skip_serializing_if = "super::never")]
    pub from: Source,
    /// What the opening is for, for example `SSH from the LAN`. It becomes the comment of the rule.
    pub purpose: Text,
}

/// What a firewall opening opens: `any`, `ssh`, a port of a service, or ports by number, for example `8000:8100/tcp`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("target of an opening", &opening()))]
pub enum OpeningTarget {
    /// Every port: `any`.
    Any,
    /// The port of sshd: `ssh`.
    Ssh,
    /// A port of a service: `grafana.http`.
    Port(PortOf),
    /// Ports by number: `8000:8100/tcp`.
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

/// Who may use a firewall opening: `anywhere`, `lan`, `pods`, `services`, or a network, for example `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("source", &format!("anywhere|lan|pods|services|{CIDR}")))]
pub enum Source {
    /// Everybody: `anywhere`.
    #[default]
    Anywhere,
    /// The LAN of the host: `lan`.
    Lan,
    /// The pods of the cluster: `pods`.
    Pods,
    /// The service addresses of the cluster: `services`.
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
                let help =
                    "write `anywhere`, `lan`, `pods`, `services` or a network such as \"192.168.3.0/24\"";
                Err(ScalarError::invalid(text, "source", help))
            }
        }
    }
}

scalar!(OpeningTarget, Source);

impl Ram {
    /// The memory that the kernel has: [`usable`](Self::usable), or else 97 % of the capacity.
    pub fn available(&self) -> Bytes {
        self.usable.unwrap_or_else(|| hardware::kernel_has(self.capacity))
    }
}

impl Root {
    /// The space that the file system offers.
    pub fn available(&self) -> Bytes {
        hardware::file_system_has(self.capacity)
    }
}

impl Storage {
    /// The space that the storage offers. For a share of the root file system, this is the whole share: the budget of the
    /// root file system already accounts for what the file system takes.
    pub fn available(&self) -> Bytes {
        match self.disk {
            Disk::Own => hardware::file_system_has(self.capacity),
            Disk::Root => self.capacity,
        }
    }

    /// The mount point of the file system that holds the storage.
    pub fn mount_point(&self) -> &str {
        match self.disk {
            Disk::Own => self.mount.as_str(),
            Disk::Root => "/",
        }
    }
}

impl Kernel {
    /// The memory that each parameter reserves for huge pages at boot.
    pub fn huge_pages(&self) -> Vec<(&KernelParameter, Bytes)> {
        huge_pages::set_aside(self.parameters.keys()).collect()
    }
}

impl Deployment {
    /// The kernel parameters of each host.
    pub fn kernel_parameters(&self) -> impl Iterator<Item = (&HostName, &KernelParameter)> {
        let kernels = self.hosts.iter().filter_map(|(name, host)| Some((name, host.kernel.as_ref()?)));
        kernels.flat_map(|(name, kernel)| kernel.parameters.keys().map(move |parameter| (name, parameter)))
    }
}
