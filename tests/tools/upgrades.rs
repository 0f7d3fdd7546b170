//! What is held back from unattended upgrades: apt reads it, it means the packages that it should, and it is undone.

use crate::stage::{Stage, is_root};

/// Holds back, verifies and undoes on a machine on which the operator has a file of the same name, if `$1` is `mine`.
const UNDONE: &str = r#"
set -euo pipefail
mkdir -p "$machine/etc"
mount --bind /etc "$machine/etc"
mount -t tmpfs tmpfs /etc
ln -s "$machine"/etc/{passwd,group,alternatives,ld.so.cache} /etc
mkdir -p /etc/apt/apt.conf.d
if [ "$1" = mine ]; then
  mkdir -p /etc/needrestart/conf.d
  echo 'Unattended-Upgrade::Package-Blacklist { "mine"; };' | install -m 600 /dev/stdin /etc/apt/apt.conf.d/90omni
fi
all() { find /etc -printf '%p %y %m %u:%g\n' -type f -exec sha256sum {} +; }
before=$(all)
fail() { echo "$*" >&2; exit 1; }
export state=/var/lib/omni/protocol-omni/steps/upgrades common=$PWD/out/common
mkdir -p "$state"
source <(sed -n '/^remember_upgrades() {/,/^}/p; /^apply_upgrades() {/,/^}/p' out/compose/deploy.sh)
source <(sed -n '/^rollback_upgrades() {/,/^}/p' out/compose/rollback.sh)
source <(sed -n '/^check_held_back() {/,/^}/p' out/compose/verify/verify.sh)
remember_upgrades
! (check_held_back) 2>/dev/null
(umask 077; apply_upgrades)
check_held_back
[ "$(stat -c %a /etc/apt/apt.conf.d/90omni /etc/needrestart /etc/needrestart/conf.d)" = $'644\n755\n755' ]
applied=$(all)
apply_upgrades
[ "$(all)" = "$applied" ]
apt-config dump Unattended-Upgrade::Package-Blacklist | python3 -c "$(cat "$machine/held.py")"
rollback_upgrades
diff <(echo "$before") <(all)
rollback_upgrades
diff <(echo "$before") <(all)
"#;

/// As unattended-upgrades asks it: `re.match`, from the beginning of the name.
const HELD: &str = r#"
import re, sys
patterns = re.findall(r'Blacklist:: "(.*)";', sys.stdin.read())
held = lambda name: any(re.match(pattern, name) for pattern in patterns)
back = """docker.io docker-ce docker-ce-cli docker-compose-plugin containerd containerd.io runc
    nvidia-driver nvidia-driver-580-open nvidia-dkms-580-server nvidia-kernel-open-dkms nvidia-utils-580 nvidia-open
    nvidia-container-toolkit libnvidia-container1 libnvidia-compute-580 firmware-nvidia-gsp xserver-xorg-video-nvidia-580
    cuda-drivers cuda-drivers-580 libcuda1 libnvcuvid1 libnvoptix1""".split()
not_back = """linux-image-amd64 linux-image-generic linux-modules-nvidia-580-generic linux-objects-nvidia-580-6.8.0-31-generic
    runsc libc6 openssl ufw libcudart12 python3-dockerpty""".split()
wrong = [name for name in back if not held(name)] + [name for name in not_back if held(name)]
sys.exit(" ".join(wrong) or 0)
"#;

#[test]
fn the_driver_and_docker_are_held_back_and_it_is_undone() {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let stage = Stage::new("upgrades", |_| Vec::new());
    stage.program("undone", UNDONE);
    stage.file("held.py", HELD);
    for before in ["nothing", "mine"] {
        let run = stage.bash(&format!("undone {before}"));
        assert!(run.status == 0, "{before}: {}", run.said);
    }
}
