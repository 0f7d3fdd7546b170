//! What the host itself reads: its boot loader and its firewall.

use crate::Judged;
use crate::tool::{command, run, silent, silent_feed};
use crate::tree::File;

pub(crate) fn is_grub(file: &File) -> bool {
    file.has_extension("cfg")
}

/// `grub-mkconfig` sources the file in a POSIX shell: it must say nothing and set the command line.
pub(crate) fn grub(file: &File) -> Judged {
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
pub(crate) fn iptables(file: &File) -> Judged {
    let ipv6 = file.path.trim_end_matches(".rules").ends_with('6');
    let restore = if ipv6 { "ip6tables-restore" } else { "iptables-restore" };
    silent_feed(command("unshare").args(["--map-root-user", "--net", restore]), &file.text)
}

pub(crate) fn is_apt(file: &File) -> bool {
    file.path.contains("/apt.conf.d/")
}

/// apt takes a file with an odd key or brace without a word, so each entry must come back from it.
pub(crate) fn apt(file: &File) -> Judged {
    let read = run(command("apt-config").arg("--config-file").arg(file.on_disk()).arg("dump"))?;
    let entries = || file.text.lines().map(str::trim).filter(|line| line.starts_with('"'));
    let lost = |entry: &&str| !read.contains(&format!("Unattended-Upgrade::Package-Blacklist:: {entry}"));
    match entries().find(lost) {
        Some(entry) => Err(format!("apt does not hold back {entry}")),
        None if entries().next().is_none() => Err("it holds nothing back".to_owned()),
        None => Ok(()),
    }
}

pub(crate) fn is_needrestart(file: &File) -> bool {
    file.path.contains("needrestart/conf.d/")
}

/// needrestart evaluates the file as Perl, with `%nrconf` there. What has another name would do nothing.
pub(crate) fn needrestart(file: &File) -> Judged {
    let read = r#"use warnings; use strict; my %nrconf;
        my $text = do { local (@ARGV, $/) = $ARGV[0]; <> };
        eval $text; die $@ if $@; die "it sets nothing\n" unless %nrconf"#;
    silent(command("perl").args(["-e", read]).arg(file.on_disk()))
}

pub(crate) fn is_requirements(file: &File) -> bool {
    file.name() == "huggingface.txt"
}

/// pip finds each package, and it has the SHA-256 that stands there.
pub(crate) fn pip(file: &File) -> Judged {
    let mut pip = command("pip");
    pip.args(["install", "--quiet", "--dry-run", "--ignore-installed", "--disable-pip-version-check"]);
    pip.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]);
    run(pip.arg(file.on_disk())).map(|_| ())
}
