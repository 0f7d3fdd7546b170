//! The usable part of memory and disks.

use crate::units::Bytes;

/// The part of the installed memory that the kernel has at least, in percent. `struct page` alone uses 64 bytes of each 4 KiB, 1.6 %.
/// The firmware, the kernel and an integrated GPU use the rest: `MemTotal` was 377 of 384 GiB, and about 15.5 of 16 GiB.
/// <https://docs.kernel.org/filesystems/proc.html#meminfo>
const KERNEL_HAS: u64 = 97;

/// The part of a disk that its file system can store at least, in percent. Measured with `mkfs.ext4` 1.47 and its defaults: inode
/// tables and the journal use 1.6 to 2.6 %, and 5 % are reserved for root. 92.4 % of 16 GiB remain, 92.9 % of 64 GB and 93.3 % of
/// 1 TB. XFS and btrfs have more space.
pub const FILE_SYSTEM_HAS: u64 = 92;

const fn share(whole: Bytes, percent: u64) -> Bytes {
    Bytes::new(whole.get() / 100 * percent)
}

/// The memory that the kernel has at least, of the installed memory.
pub const fn kernel_has(installed: Bytes) -> Bytes {
    share(installed, KERNEL_HAS)
}

/// The space that users other than root can write to at least, on a disk of that size.
pub const fn file_system_has(disk: Bytes) -> Bytes {
    share(disk, FILE_SYSTEM_HAS)
}
