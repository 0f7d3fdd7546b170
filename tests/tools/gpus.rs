//! What lets containers keep their GPUs: Docker's settings get one more, and are as before afterwards.

use crate::stage::{Stage, is_root};

/// A daemon whose driver is what its settings say, and systemd's by default; and one run of the step on a machine whose settings are
/// those in `$1`: a file, `none`, or `no-folder`.
const UNDONE: &str = r#"
set -euo pipefail
shopt -s inherit_errexit
mkdir -p "$machine/etc"
mount --bind /etc "$machine/etc"
mount -t tmpfs tmpfs /etc
ln -s "$machine"/etc/{passwd,group,alternatives,ld.so.cache} /etc
case $1 in
  no-folder) ;;
  none) install -d -m 700 /etc/docker ;;
  *) install -d -m 700 /etc/docker && install -m 640 "$machine/$1" /etc/docker/daemon.json ;;
esac
all() { find /etc -printf '%p %y %m %u:%g\n' -type f -exec sha256sum {} +; }
before=$(all)
fail() { echo "$*" >&2; exit 1; }
export state=/var/lib/omni/protocol-omni/steps/gpus
mkdir -p "$state"
source <(sed -n '/^remember_gpus() {/,/^}/p; /^apply_gpus() {/,/^}/p' out/compose/deploy.sh)
source <(sed -n '/^rollback_gpus() {/,/^}/p' out/compose/rollback.sh)
source <(sed -n '/^check_docker_cgroups() {/,/^}/p' out/compose/verify/verify.sh)
: >"$machine/restarts"
remember_gpus
! (check_docker_cgroups) 2>/dev/null
(umask 077; apply_gpus)
check_docker_cgroups
[ "$(wc -l <"$machine/restarts")" -eq 1 ]
# What was there stays, and one thing is new.
python3 -c "$(cat "$machine/judge.py")" /etc/docker/daemon.json "${2:-/dev/null}"
case $1 in
  no-folder | none) [ "$(stat -c %a /etc/docker/daemon.json)" = 644 ] ;;
  *) [ "$(stat -c %a /etc/docker/daemon.json)" = 640 ] ;;
esac
applied=$(all)
apply_gpus
[ "$(all)" = "$applied" ] && [ "$(wc -l <"$machine/restarts")" -eq 1 ]
if [ "${3-}" = changed ]; then
  sed -i 's/"debug": true/"debug": false/' /etc/docker/daemon.json
  rollback_gpus
  ! grep -q cgroupdriver /etc/docker/daemon.json
  grep -q '"debug": false' /etc/docker/daemon.json
  exit
fi
rollback_gpus
diff <(echo "$before") <(all)
[ "$(wc -l <"$machine/restarts")" -eq 2 ]
rollback_gpus
diff <(echo "$before") <(all)
"#;

const JUDGE: &str = r#"
import json, sys
after, before = (json.loads(open(path).read() or "{}") for path in sys.argv[1:])
options = before.setdefault("exec-opts", [])
options.append("native.cgroupdriver=cgroupfs")
sys.exit(0 if after == before else f"{after} is not {before}")
"#;

const DOCKER: &str = r#"
[ "$1" = info ] || exit 64
driver=systemd
if [ -e "$machine/started" ]; then driver=$(cat "$machine/started"); fi
case $3 in *Running*) echo "$driver $(cat "$machine/live") 3" ;; *) echo "$driver" ;; esac
"#;

const SYSTEMCTL: &str = r#"
case $* in
  'restart docker' | 'try-restart docker')
    echo >>"$machine/restarts"
    if grep -qs cgroupdriver=cgroupfs /etc/docker/daemon.json; then echo cgroupfs; else echo systemd; fi >"$machine/started"
    ;;
  *) exit 64 ;;
esac
"#;

fn stage(name: &str) -> Stage {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let stage = Stage::new(name, |_| Vec::new());
    stage.program("undone", UNDONE);
    stage.program("docker", DOCKER);
    stage.program("systemctl", SYSTEMCTL);
    stage.file("judge.py", JUDGE);
    stage.file("live", "false");
    stage.file("empty", "");
    stage.file("mine", "{\n\t\"debug\": true,\n\t\"exec-opts\": [\"isolation=default\"]\n}");
    stage.file("other", r#"{"exec-opts": ["native.cgroupdriver=systemd"]}"#);
    stage.file("broken", "{");
    stage
}

#[test]
fn docker_keeps_gpus_and_it_is_undone() {
    let stage = stage("gpus");
    let machine = stage.root.join("machine");
    let started = machine.join("started");
    for (settings, before) in
        [("no-folder", ""), ("none", ""), ("empty", "empty"), ("mine", "mine"), ("mine", "mine changed")]
    {
        let _ = std::fs::remove_file(&started);
        let before =
            if before.is_empty() { String::new() } else { format!("{}/{before}", machine.display()) };
        let run = stage.bash(&format!("undone {settings} {before}"));
        assert!(run.status == 0, "{settings} {before}: {}", run.said);
    }
}

#[test]
fn what_the_operator_has_decided_is_not_overruled() {
    let stage = stage("gpus-decided");
    for (settings, live, says) in [
        ("other", "false", "/etc/docker/daemon.json says native.cgroupdriver=systemd"),
        ("broken", "false", "JSONDecodeError"),
        ("mine", "true", "live-restore"),
    ] {
        stage.file("live", live);
        let run = stage.bash(&format!(
            "undone {settings} || status=$?; [ ! -s machine/restarts ] || echo RESTARTED; exit ${{status-0}}"
        ));
        assert!(run.status != 0 && run.said.contains(says), "{settings}: {}", run.said);
        assert!(!run.said.contains("RESTARTED"), "{}", run.said);
    }
}

/// Containers as the machine has them: what `nvidia-smi -L` says in them, if they run.
const CONTAINERS: &str = r#"
case $* in
  'inspect --format {{.State.Running}} ktransformers' | *' get deployment inference-engine --output '*) cat "$machine/running" ;;
  *' nvidia-smi -L')
    cat "$machine/smi"
    exit "$(cat "$machine/smi-status")"
    ;;
  *' sh -c : <>/dev/nvidiactl')
    cat "$machine/shell"
    exit "$(cat "$machine/shell-status")"
    ;;
  *) exit 64 ;;
esac
"#;

#[test]
fn the_timer_writes_what_services_see() {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let stage = Stage::new("gpu-watch", |_| Vec::new());
    for engine in ["docker", "k3s"] {
        stage.program(engine, CONTAINERS);
    }
    let two = "GPU 0: a card\nGPU 1: another\n";
    let missing = "exec: \"nvidia-smi\": executable file not found in $PATH: unknown\n";
    let lost = "Failed to initialize NVML: Unknown Error\n";
    let denied = "sh: 1: cannot open /dev/nvidiactl: Operation not permitted\n";
    for (runs, [smi, smi_status], [shell, shell_status], sees) in [
        (true, [two, "0"], ["", "64"], Some("2")),
        (true, [lost, "255"], ["", "64"], Some("0")),
        (true, [missing, "127"], ["", "0"], Some("2")),
        (true, [missing, "127"], [denied, "2"], Some("0")),
        (true, [missing, "127"], [missing, "127"], None),
        (false, [two, "0"], ["", "0"], None),
    ] {
        for option in ["compose", "k3s"] {
            let running = match (runs, option) {
                (true, "compose") => "true",
                (true, _) => "1",
                (false, "compose") => "false",
                (false, _) => "",
            };
            for (file, text) in [
                ("running", running),
                ("smi", smi),
                ("smi-status", smi_status),
                ("shell", shell),
                ("shell-status", shell_status),
            ] {
                stage.file(file, text);
            }
            let run = stage.bash(&format!(
                "mkdir -p /var/lib/omni/protocol-omni/metrics
                 out/{option}/gpus.sh
                 ls -A /var/lib/omni/protocol-omni/metrics
                 stat -c %a /var/lib/omni/protocol-omni/metrics/gpus.prom
                 cat /var/lib/omni/protocol-omni/metrics/gpus.prom"
            ));
            let series = sees.map_or_else(String::new, |count| {
                format!("omni_service_gpus{{service=\"deepseek\"}} {count}\n")
            });
            assert_eq!((run.status, run.said), (0, format!("gpus.prom\n644\n{series}")), "{option}: {smi}");
        }
    }
}
