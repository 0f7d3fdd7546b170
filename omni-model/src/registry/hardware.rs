//! What is left of memory and disks as they are sold.

use crate::units::Bytes;

/// What a kernel has at least of the installed memory, in percent. `struct page` alone takes 64 bytes of each 4 KiB, 1.6 %;
/// firmware, the kernel and an integrated GPU take the rest: of 384 GiB, `MemTotal` was 377, of 16 GiB about 15.5.
/// <https://docs.kernel.org/filesystems/proc.html#meminfo>
const KERNEL_HAS: u64 = 97;

/// What a file system has room for at least, in percent of its disk. Measured with `mkfs.ext4` 1.47 and its defaults: inode
/// tables and the journal take 1.6 to 2.6 %, and 5 % stay reserved for root; 92.4 % are left of 16 GiB, 92.9 of 64 GB, 93.3 of
/// 1 TB. XFS and btrfs leave more.
pub const FILE_SYSTEM_HAS: u64 = 92;

const fn share(whole: Bytes, percent: u64) -> Bytes {
    Bytes::new(whole.get() / 100 * percent)
}

/// What the kernel has of so much installed memory.
pub const fn kernel_has(installed: Bytes) -> Bytes {
    share(installed, KERNEL_HAS)
}

/// What users other than root can write to a file system on a disk of that size.
pub const fn file_system_has(disk: Bytes) -> Bytes {
    share(disk, FILE_SYSTEM_HAS)
}
