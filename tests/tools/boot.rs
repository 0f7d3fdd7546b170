//! What systemd and the kernel are told, as it is emitted: applied twice, judged and undone on a stage.

use crate::stage::{Stage, is_root};

/// A stand-in for systemd's: it makes the links that `[Install]` asks for, shows what the drop-ins say, and writes each order
/// down.
const SYSTEMCTL: &str = r#"
units=/etc/systemd/system
echo "systemctl $*" >>"$machine/orders"
words=()
for word in "$@"; do case $word in --quiet | --now) ;; *) words+=("$word") ;; esac; done
set -- "${words[@]}"
links() { for target in $(sed -n 's/^WantedBy=//p' "$units/$1"); do echo "$units/$target.wants/$1"; done; }
case $1 in
  daemon-reload) ;;
  enable)
    for link in $(links "$2"); do mkdir -p "${link%/*}"; ln -sf "$units/$2" "$link"; done
    ;;
  disable)
    for link in $(links "$2"); do rm -f "$link"; rmdir --ignore-fail-on-non-empty "${link%/*}" 2>/dev/null || true; done
    ;;
  is-enabled) for link in $(links "$2"); do [ -L "$link" ] || exit 1; done ;;
  is-active) ;;
  show)
    case $2 in
      --property=Result) cat "$machine/result" ;;
      --property=RequiresMountsFor) sed -n 's/^RequiresMountsFor=//p' "$units/$4.d"/*.conf ;;
    esac
    ;;
  *) exit 64 ;;
esac
"#;

/// Files in the place of the machine's, and the steps of `deploy.sh`, which is too much to run here.
const SCENE: &str = r#"
set -euo pipefail
for folder in /etc/systemd/system /etc/sysctl.d; do
  mkdir -p "$machine$folder"
  mount --bind "$machine$folder" "$folder"
done
for key in kernel/numa_balancing net/ipv4/ip_nonlocal_bind vm/max_map_count vm/swappiness; do
  [ -e "/proc/sys/$key" ] || continue
  mount --bind "$machine/sysctl-${key##*/}" "/proc/sys/$key"
done
state_root=/var/lib/omni/$1 option=$2
mkdir -p "$state_root/steps" /mnt/backup
bundle=$PWD/out/$option common=$PWD/out/common
say() { echo "$*"; }
fail() { echo "fail: $*"; exit 1; }
deploy() {
  for step in sysctl boot; do
    export state=$state_root/steps/$step
    source <(sed -n "/^remember_$step() {/,/^}/p;/^apply_$step() {/,/^# Step /p" "$bundle/deploy.sh")
    if [ ! -d "$state" ]; then
      mkdir "$state"
      if declare -F "remember_$step" >/dev/null; then "remember_$step"; fi
    fi
    "apply_$step"
  done
}
values() { for key in numa_balancing ip_nonlocal_bind max_map_count swappiness; do echo "$key $(cat "$machine/sysctl-$key")"; done; }
listed() { find /etc/systemd/system /etc/sysctl.d -printf '%p %M %l\n' -type f -exec sha256sum {} + | sort; }
judged() { "$bundle/verify/verify.sh" --step sysctl && "$bundle/verify/verify.sh" --step boot; }
"#;

fn stage(name: &str, option: &str, script: &str) -> Stage {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let stage = Stage::new(name, |_| Vec::new());
    stage.program("systemctl", SYSTEMCTL);
    stage.program("acts", &format!("{SCENE}\n{script}"));
    stage.file("result", "success\n");
    let values = [
        ("numa_balancing", "1"),
        ("ip_nonlocal_bind", "0"),
        ("max_map_count", "65530"),
        ("swappiness", "60"),
    ];
    for (key, value) in values {
        stage.file(&format!("sysctl-{key}"), &format!("{value}\n"));
    }
    let run = stage.bash(&format!("acts protocol-omni {option}"));
    assert_eq!(run.status, 0, "{}", run.said);
    stage
}

fn orders(stage: &Stage) -> String {
    std::fs::read_to_string(stage.root.join("machine/orders")).unwrap()
}

#[test]
fn units_and_settings_are_applied_once_judged_and_undone() {
    for option in ["compose", "k3s"] {
        let stage = stage(
            &format!("boot-{option}"),
            option,
            r#"
            mkdir -p /etc/systemd/system/docker.service.d
            echo '[Service]' >/etc/systemd/system/docker.service.d/mine.conf
            values >before-values; listed >before
            deploy; judged; listed >after; values >after-values
            deploy; judged; listed | diff after - ; values | diff after-values -
            diff after-values - <<<$'numa_balancing 0\nip_nonlocal_bind 1\nmax_map_count 524288\nswappiness 10'
            "$bundle/rollback.sh"
            listed | diff before -; values | diff before-values -
            [ ! -e /var/lib/omni/protocol-omni ]
            "#,
        );
        let orders = orders(&stage);
        // Once for the deploys, and once for the rollback.
        assert_eq!(orders.matches("daemon-reload").count(), 2, "{orders}");
    }
}

#[test]
fn a_machine_that_allows_more_keeps_it() {
    stage(
        "boot-more",
        "compose",
        r#"
        echo 1048576 >"$machine/sysctl-max_map_count"
        deploy; judged
        [ "$(cat /proc/sys/vm/max_map_count)" = 1048576 ]
        grep -qx 'vm.max_map_count = 1048576' /etc/sysctl.d/90-omni.conf
        # What is lower after all is found.
        echo 65530 >/proc/sys/vm/max_map_count
        ! judged
        "#,
    );
}

#[test]
fn what_is_not_as_emitted_is_found() {
    let stage = stage(
        "boot-wrong",
        "compose",
        r#"
        deploy
        unit=omni-boot-protocol-omni.service
        wrong() { judged >said && exit 1; grep -F -- "$1" said; }
        echo exit-code >"$machine/result"
        wrong "$unit ended with exit-code"
        echo success >"$machine/result"
        systemctl disable "$unit"
        wrong "$unit is not enabled"
        systemctl enable "$unit"
        echo >>"/etc/systemd/system/docker.service.d/omni-protocol-omni.conf"
        wrong 'differs from'
        deploy
        echo 60 >/proc/sys/vm/swappiness
        wrong 'vm.swappiness is 60'
        echo 10 >/proc/sys/vm/swappiness
        sed -i /swappiness/d /etc/sysctl.d/90-omni.conf
        wrong 'vm.swappiness is not in'
        "#,
    );
    drop(stage);
}

/// A stand-in for Docker with the containers that the file has: name, whether it runs, policy, error.
const DOCKER: &str = r#"
case $1 in
  ps) cut -d ' ' -f 1 "$machine/containers" ;;
  inspect) sed -n "s|^${*: -1} |/${*: -1} |p" "$machine/containers" ;;
  start)
    echo "start $2" >>"$machine/started"
    [ ! -e "$machine/refuses-$2" ] || { echo 'cannot assign requested address' >&2; exit 1; }
    sed -i "s|^$2 false |$2 true |" "$machine/containers"
    ;;
  *) exit 64 ;;
esac
"#;

#[test]
fn what_docker_could_not_start_is_started_and_nothing_else() {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let stage = Stage::new("boot-containers", |_| Vec::new());
    stage.program("docker", DOCKER);
    stage.file(
        "containers",
        "letta true unless-stopped \n\
         qdrant false unless-stopped driver failed: cannot assign requested address\n\
         mem0 false always error while creating mount source path\n\
         grafana false unless-stopped \n\
         job false no cannot assign requested address\n\
         phoenix false on-failure cannot assign requested address\n",
    );
    stage.file("refuses-mem0", "");
    let run = stage.bash("mkdir -p /var/lib/omni/protocol-omni; set +e; out/compose/boot.sh; exit $?");
    assert_eq!(run.status, 1, "{}", run.said);
    assert!(run.said.contains("boot: these services do not start: mem0"), "{}", run.said);
    let started = || std::fs::read_to_string(stage.root.join("machine/started")).unwrap();
    assert_eq!(started(), "start qdrant\nstart mem0\n");
    std::fs::remove_file(stage.root.join("machine/refuses-mem0")).unwrap();
    let run = stage.bash("mkdir -p /var/lib/omni/protocol-omni; out/compose/boot.sh");
    assert_eq!(run.status, 0, "{}", run.said);
    assert_eq!(started(), "start qdrant\nstart mem0\nstart mem0\n");
    stage.program("docker", "exit 1");
    let run = stage.bash("mkdir -p /var/lib/omni/protocol-omni; set +e; out/compose/boot.sh; exit $?");
    assert_eq!(run.status, 1, "without Docker: {}", run.said);
}
