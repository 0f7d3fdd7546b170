//! The emitted `storage.sh` and `models.sh` on a disk in memory, with what goes wrong there: a file where a folder is wanted, no
//! room, a download that breaks off. The one thing that is not real is what a kernel has once, or the network has: `swapon` and the
//! client of the models' hub are stand-ins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, tool};

/// What is done before each script: the disk, a state folder and a table of file systems of its own, the stand-ins.
const SCENE: &str = r#"
    set -euo pipefail
    scripts=$1/common/hosts/omni
    mount -t tmpfs -o size=64m tmpfs /mnt
    mount -t tmpfs tmpfs /var/lib
    mount -t tmpfs tmpfs /srv
    touch /srv/fstab /srv/active
    mount --bind /srv/fstab /etc/fstab
    stand_in() { mkdir -p "$(dirname "$1")"; { echo '#!/usr/bin/env bash'; cat; } >"$1"; chmod 755 "$1"; }
    stand_in /srv/bin/swapon <<'END'
case $1 in
--show=NAME) cat /srv/active ;;
*) blkid -p "$1" >/dev/null && echo "$1" >>/srv/active ;;
esac
END
    stand_in /var/lib/omni/protocol-omni/huggingface/bin/hf <<'END'
[ "$1" != version ] || exit 0
while [ "$1" != --local-dir ]; do shift; done
mkdir -p "$2"
head -c "${HF_BYTES-8M}" /dev/zero >"$2/model.gguf"
END
    cp "$scripts/huggingface.txt" /var/lib/omni/protocol-omni/huggingface
    PATH=/srv/bin:$PATH
    # says TEXT COMMAND…: the command fails, and says so.
    says() {
        local output
        ! output=$("${@:2}" 2>&1) || { echo "it did not fail: ${*:2}: $output"; exit 1; }
        [[ $output == *"$1"* ]] || { echo "it does not say \"$1\": $output"; exit 1; }
    }
    # What stands on the disk: the path, kind, mode, owner and size of each.
    disk() { find /mnt -printf '%P %y %m %U:%G %s\n' | sort; cat /etc/fstab /srv/active; }
"#;

/// v15 with `/mnt` for its disk, a swap file of 4 MiB and a model of 8 MiB.
fn bundle() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("host");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let mut model = cargo(&["run", "--quiet", "--example", "v15", "convert"]).unwrap();
    for (ours, theirs) in
        [("/nvme", "/mnt"), ("size: 281 GiB", "size: 8 MiB"), ("size: 64 GiB", "size: 4 MiB")]
    {
        assert!(model.contains(ours), "{model}");
        model = model.replace(ours, theirs);
    }
    let (file, out) = (folder.join("v15.yaml"), folder.join("out"));
    fs::write(&file, model).unwrap();
    let [file, to] = [&file, &out].map(|path| path.to_str().unwrap());
    cargo(&["run", "--quiet", "--bin", "omni", "--", "emit", file, to]).unwrap();
    out
}

#[test]
fn what_goes_wrong_on_the_disk_is_said_and_the_next_run_succeeds() {
    let bundle = bundle();
    let cases = [
        (
            "twice",
            r#"bash "$scripts/storage.sh" >/dev/null
            bash "$scripts/models.sh"
            once=$(disk)
            bash "$scripts/storage.sh"
            bash "$scripts/models.sh"
            [ "$(disk)" = "$once" ]
            [ "$(stat -c '%a %u:%g %s' /mnt/swapfile)" = '600 0:0 4194304' ]
            [ "$(stat -c %u:%g /mnt/grafana)" = 472:0 ]
            [ "$(cat /etc/fstab)" = '/mnt/swapfile none swap sw 0 0' ]"#,
        ),
        (
            "no disk",
            r#"umount /mnt
            says 'storage: /mnt is not a mount point' bash "$scripts/storage.sh"
            says 'models: /mnt/models does not exist: run storage.sh first' bash "$scripts/models.sh"
            [ ! -e /mnt/models ] && [ ! -s /etc/fstab ]"#,
        ),
        (
            "a file where a folder is wanted",
            r#"echo mine >/mnt/letta
            says 'storage: /mnt/letta exists and is not a directory' bash "$scripts/storage.sh"
            [ "$(cat /mnt/letta)" = mine ]
            mv /mnt/letta /mnt/mine
            bash "$scripts/storage.sh" >/dev/null
            [ "$(cat /mnt/mine)" = mine ]"#,
        ),
        (
            "a file where the swap file is wanted",
            r#"echo mine >/mnt/swapfile
            says 'storage: /mnt/swapfile exists and is not a swap file: move it away' bash "$scripts/storage.sh"
            [ "$(cat /mnt/swapfile)" = mine ]
            [ ! -s /etc/fstab ]"#,
        ),
        (
            "a line of the operator's for the swap file",
            r#"printf '/mnt/swapfile\tswap swap pri=5 0 0\n' >/etc/fstab
            bash "$scripts/storage.sh" >/dev/null
            [ "$(cat /etc/fstab)" = "$(printf '/mnt/swapfile\tswap swap pri=5 0 0')" ]"#,
        ),
        (
            "no room for the swap file",
            r#"head -c 62M /dev/zero >/mnt/ballast
            says 'storage: not enough space for a swap file of 4194304 bytes at /mnt/swapfile' bash "$scripts/storage.sh"
            [ ! -e /mnt/swapfile ] && [ ! -s /etc/fstab ]
            rm /mnt/ballast
            bash "$scripts/storage.sh" >/dev/null
            [ "$(cat /srv/active)" = /mnt/swapfile ]"#,
        ),
        (
            "a swap file that was interrupted",
            r#"head -c 2M /dev/zero >/mnt/swapfile.new
            bash "$scripts/storage.sh" >/dev/null
            [ ! -e /mnt/swapfile.new ] && [ "$(stat -c %s /mnt/swapfile)" = 4194304 ]"#,
        ),
        (
            "no room for the model",
            r#"bash "$scripts/storage.sh" >/dev/null
            head -c 54M /dev/zero >/mnt/ballast
            says 'needs 8388608 more bytes, but /mnt/models has only' bash "$scripts/models.sh"
            [ ! -e /mnt/models/deepseek-v3.2-dq3 ]"#,
        ),
        (
            "the disk is full during the download",
            r#"bash "$scripts/storage.sh" >/dev/null
            head -c 40M /dev/zero >/mnt/ballast
            export HF_BYTES=32M
            says 'No space left on device' bash "$scripts/models.sh"
            says 'dq3 was interrupted, with 0 bytes free in /mnt/models' bash "$scripts/models.sh"
            rm /mnt/ballast
            unset HF_BYTES
            bash "$scripts/models.sh""#,
        ),
        (
            "a download that ends too early",
            r#"bash "$scripts/storage.sh" >/dev/null
            HF_BYTES=1M says 'holds 1048' bash "$scripts/models.sh"
            HF_BYTES=0 says 'should hold' bash "$scripts/models.sh"
            bash "$scripts/models.sh""#,
        ),
    ];
    let mut wrong = Vec::new();
    for (name, script) in cases {
        let mut unshare = Command::new("unshare");
        let whole = format!("{SCENE}{script}");
        // Owners other than root need root itself.
        unshare.args(["--mount", "--", "bash", "-c", &whole, "bash"]).arg(&bundle);
        if let Err(said) = tool::run(&mut unshare) {
            wrong.push(format!("{name}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
