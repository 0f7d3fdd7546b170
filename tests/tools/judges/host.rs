//! What the host itself reads: its boot loader and its firewall.

use crate::Verdict;
use crate::tool::{command, run, silent, silent_feed};
use crate::tree::File;

pub(crate) fn is_grub(file: &File) -> bool {
    file.has_extension("cfg")
}

/// `grub-mkconfig` sources the file in a POSIX shell: it must say nothing and set the command line.
pub(crate) fn grub(file: &File) -> Verdict {
    silent(command("sh").arg("-n").arg(file.on_disk()))?;
    silent(command("sh").args(["-euc", ". \"$1\"", "sh"]).arg(file.on_disk()))?;
    let line = r#". "$1"; printf '%s' "${GRUB_CMDLINE_LINUX_DEFAULT:?is not set}""#;
    run(command("sh").args(["-euc", line, "sh"]).arg(file.on_disk())).map(|_| ())
}

pub(crate) fn is_iptables(file: &File) -> bool {
    file.has_extension("rules")
}

/// The rules are really loaded, into a network namespace of their own that ends with the command.
/// (`--test` would not notice a chain that nobody declared.)
pub(crate) fn iptables(file: &File) -> Verdict {
    let ipv6 = file.path.trim_end_matches(".rules").ends_with('6');
    let restore = if ipv6 { "ip6tables-restore" } else { "iptables-restore" };
    silent_feed(command("unshare").args(["--map-root-user", "--net", restore]), &file.text)
}
