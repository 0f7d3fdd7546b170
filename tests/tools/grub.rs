//! The kernel's step as it is emitted, with the files of GRUB that Debian, Ubuntu's cloud images and kdump have: it stops at each
//! parameter of the machine's own that it would drop, and changes nothing then.

use crate::stage::{Stage, is_root};

/// Prepares the files: what `/etc/default/grub` has, a drop-in before ours and one after it, and the kernel's command line.
const SCENE: &str = r#"
set -euo pipefail
mkdir -p "$machine/default/grub.d"
mount --bind "$machine/default" /etc/default
printf '%s\n' "$1" >/etc/default/grub
[ -z "$2" ] || printf '%s\n' "$2" >/etc/default/grub.d/50-cloudimg-settings.cfg
printf '%s\n' 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT crashkernel=512M"' >/etc/default/grub.d/kdump-tools.cfg
printf '%s\n' "$3" >"$machine/cmdline"
mount --bind "$machine/cmdline" /proc/cmdline
update-grub() { touch "$machine/updated"; }
export common=$PWD/out/common machine
fail() { echo "fail: $*"; exit 1; }
source <(sed -n '/^apply_kernel() {/,/^}/p' out/compose/deploy.sh)
before=$(find /etc/default -type f -exec sha256sum {} + | sort)
if (apply_kernel); then
  cmp out/common/hosts/omni/etc/default/grub.d/90-omni.cfg /etc/default/grub.d/90-omni.cfg
  [ -e "$machine/updated" ]
  # A second run has nothing to do, whatever the machine was started with.
  rm "$machine/updated"
  (apply_kernel)
  [ ! -e "$machine/updated" ]
else
  [ "$before" = "$(find /etc/default -type f -exec sha256sum {} + | sort)" ] && [ ! -e "$machine/updated" ]
  exit 3
fi
"#;

#[test]
fn no_parameter_of_the_machine_is_dropped_in_silence() {
    assert!(is_root(), "mounts ask for root: run this tier as root");
    const DEBIAN: &str = "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"\"";
    const BOOTED: &str = "BOOT_IMAGE=/boot/vmlinuz-6.1.0 root=UUID=1 ro quiet crashkernel=512M";
    for (name, grub, cloud, cmdline, dropped) in [
        ("debian", DEBIAN, "", BOOTED, None),
        ("ubuntu", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"", "", BOOTED, None),
        (
            // What stands in GRUB_CMDLINE_LINUX stays.
            "always",
            "GRUB_CMDLINE_LINUX_DEFAULT=quiet\nGRUB_CMDLINE_LINUX=\"console=ttyS0,115200n8\"",
            "",
            "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro console=ttyS0,115200n8 quiet crashkernel=512M",
            None,
        ),
        (
            "quirk",
            "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet nvme_core.default_ps_max_latency_us=0\"",
            "",
            BOOTED,
            Some(": nvme_core.default_ps_max_latency_us=0: add each to hosts.omni.kernel.parameters"),
        ),
        (
            "cloud",
            DEBIAN,
            "GRUB_CMDLINE_LINUX_DEFAULT=\"console=tty1 console=ttyS0\"",
            BOOTED,
            Some(": console=tty1 console=ttyS0: add each"),
        ),
        (
            "by hand",
            DEBIAN,
            "",
            "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet pci=nommconf crashkernel=512M -- single",
            Some(": pci=nommconf: add each"),
        ),
    ] {
        let stage = Stage::new(&format!("grub-{}", name.replace(' ', "-")), |_| Vec::new());
        stage.program("scene", SCENE);
        let word = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
        let run = stage.bash(&format!("scene {} {} {}", word(grub), word(cloud), word(cmdline)));
        let status = if dropped.is_some() { 3 } else { 0 };
        assert_eq!(run.status, status, "{name}: {}", run.said);
        assert!(run.said.contains(dropped.unwrap_or_default()), "{name}: {}", run.said);
    }
}
