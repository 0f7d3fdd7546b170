//! No failure is hidden: each step of each example's `deploy.sh` runs with stand-ins for the programs of a machine, once for each
//! command that it calls, and exactly that call fails. The script must stop, name the step and the command, exit with 1, and
//! remember the step whole or not at all.

use std::{collections::BTreeSet, fmt::Write, fs, os::unix::fs::symlink, thread};

use omni::{
    Checked,
    model::{catalog::downloads::GVISOR_KEY, deployment::Cluster},
};

use crate::stage::{Stage, is_root};

/// What may fail without a stop: the beginning of the call, in one step or in all, and why that hides nothing.
const TOLERATED: &[(&str, &str)] = &[
    ("cmp -s ", "files that cannot be compared are taken for different: the emitted one is installed again"),
    ("gvisor: docker info --format ", "a Docker that does not run reads its configuration when it starts"),
    ("k3s crictl inspecti ", "an image that containerd does not show is brought once more"),
    ("flock --nonblock ", "it waits for the other run"),
    ("k3s kubectl wait ", "it is asked again until its deadline"),
    ("curl --noproxy * -fsS -m 5 -o /dev/null ", "it is asked again until its deadline"),
    ("k3s: systemctl is-active ", "a k3s that is not stopped is restarted all the same"),
    ("pods: grep -qsxF ", "an image that is not known to be there is brought once more"),
    ("grep -qs runtimes.*", "k3s starts again and writes the file anew"),
];

/// The first word of each program that is not there before it is installed.
const INSTALLED_LATER: &[&str] = &["k3s", "runsc", "containerd-shim-runsc-v1"];

/// Stands before every program of the machine: writes each call down, and fails the one that `fails` names.
const EVERY_PROGRAM: &str = r#"#!/bin/bash
root=@ROOT@ name=${0##*/}
call="$name $*"
call=${call//[[:cntrl:]]/ }
call=${call//$root/}
call=${call%"${call##*[! ]}"}
printf '%s\n' "$call" >>"$root/calls"
if [ -s "$root/fails" ]; then
  read -r nth wanted <"$root/fails"
  if [ "$call" = "$wanted" ]; then
    while IFS= read -r line; do [ "$line" != "$call" ] || nth=$((nth - 1)); done <"$root/calls"
    [ "$nth" -ne 0 ] || exit 99
  fi
fi
# What starts other programs starts them under watch as well.
case $name in bash | sh | env | runuser) ;; *) PATH=/usr/sbin:/usr/bin:/sbin:/bin ;; esac
for folder in "$root/bin" /usr/sbin /usr/bin /sbin /bin; do
  [ ! -x "$folder/$name" ] || exec "$folder/$name" "$@"
done
exit 127
"#;

/// The stand-ins. What they know of the machine is in its files.
const PROGRAMS: &[(&str, &str)] = &[
    (
        "docker",
        r#"case $* in
  'info --format {{.CgroupDriver}}'*)
    driver=systemd
    ! grep -qs cgroupfs /etc/docker/daemon.json || driver=cgroupfs
    echo "$driver false 3" | if [[ $* = *Running* ]]; then cat; else cut -d ' ' -f 1; fi
    ;;
  'info --format'*) cat "$machine/runtimes" ;;
  'compose version --short') echo v2.27.0 ;;
  'image inspect --format'*) echo sha256:0123 ;;
  info | 'image inspect '* | ps* | 'logs '* | *' config --quiet' | *' up --detach --remove-orphans') ;;
  'save '*) echo layers ;;
  *) exit 64 ;;
esac"#,
    ),
    (
        "k3s",
        r#"case $* in
  'ctr images list '* | 'ctr images label '* | *' patch deployment '* | *' get deployment '*--ignore-not-found*) ;;
  'kubectl apply --selector '*) cat >/dev/null ;;
  *' get deployment '*) echo 'image= secrets=' ;;
  --version) echo "k3s version $(cat "$machine/k3s") (0123abcd)" ;;
  'kubectl get namespaces '*) ;;
  'kubectl wait '*) ;;
  'kubectl apply -f -') cat >/dev/null ;;
  'ctr images import -')
    cat >/dev/null
    echo sha256:0123 >"$machine/imported"
    ;;
  'kubectl apply -f '*) ;;
  *' create secret '*) file=${*: -1} && cat "${file#--from-env-file=}" && echo ;;
  'kubectl label '*) cat ;;
  'crictl inspecti '*) cat "$machine/imported" ;;
  *custom-columns*' --all-namespaces '*) printf '%s\n' 'Deployment agents agent-orchestrator' 'Deployment agents gone' ;;
  *custom-columns*) echo 'Deployment agents agent-orchestrator' ;;
  'kubectl delete '*) ;;
  *) exit 64 ;;
esac"#,
    ),
    (
        "curl",
        r#"out=
while [ $# -gt 0 ]; do
  case $1 in -o) out=$2 ;; esac
  shift
done
case $out in
  '' | /dev/null) ;;
  */install.sh) cat "$machine/installer" - >"$out" <<<"ln -sf '${machine%/*}/every-program' '$machine/bin/k3s'" ;;
  */k3s) cat "$machine/program" >"$out" ;;
  *) echo key >"$out" ;;
esac"#,
    ),
    (
        "apt-get",
        r#"case $* in *' runsc')
  for name in runsc containerd-shim-runsc-v1; do ln -sf "${machine%/*}/every-program" "$machine/bin/$name"; done
esac"#,
    ),
    (
        "gpg",
        r#"case $* in
  *--show-keys*) printf '%s\n' pub: "fpr:::::::::$(cat "$machine/key"):" ;;
  *) while [ "$1" != -o ]; do shift; done; echo key >"$2" ;;
esac"#,
    ),
    // What is downloaded says what its checksum is.
    (
        "sha256sum",
        r#"text=$(cat)
sum=$(sed -n 's/^# sum //p' <<<"$text")
if [ -n "$sum" ]; then echo "$sum  -"; else exec /usr/bin/sha256sum <<<"$text"; fi"#,
    ),
    ("uname", "echo x86_64"),
    ("dpkg", "echo amd64"),
    (
        "runsc",
        "case $1 in --version) echo 'runsc version release-20991231.0' ;; *) echo runsc >\"$machine/runtimes\" ;; esac",
    ),
    ("containerd-shim-runsc-v1", ":"),
    ("mktemp", "mkdir -p \"$machine/temporary\" && echo \"$machine/temporary\""),
    ("nvidia-ctk", "echo 'NVIDIA Container Toolkit CLI version 1.20.0'"),
    (
        "python3",
        "case $1 in -c) exec /usr/bin/python3 \"$@\" ;; esac; mkdir -p \"${@: -1}/bin\" && ln -sf \"${machine%/*}/every-program\" \"${@: -1}/bin/pip\"",
    ),
    (
        "pip",
        "ln -sf \"${machine%/*}/every-program\" \"$(echo \"$machine\"/../state/varlib/omni/*/huggingface/bin)/hf\"",
    ),
    (
        "hf",
        r#"[ "$1" != version ] || exit 0
while [ "$1" != --local-dir ]; do shift; done
mkdir -p "$2"
head -c 8M /dev/zero >"$2/model.gguf""#,
    ),
    (
        "head",
        "case $* in *' /dev/urandom') echo the same in each run ;; *) exec /usr/bin/head \"$@\" ;; esac",
    ),
    ("nvidia-smi", "echo 'GPU 0: a card'"),
    ("nvidia-container-runtime", ":"),
    ("nvidia-container-runtime-hook", ":"),
    ("systemctl", ":"),
    ("update-grub", ":"),
    (
        "swapon",
        "case $1 in --show=NAME) cat \"$machine/swaps\" ;; *) echo \"$1\" >>\"$machine/swaps\" ;; esac",
    ),
    ("sleep", ":"),
    (
        "ufw",
        r#"case $1 in
  status) cat "$machine/ufw" ;;
  show) cat "$machine/rules" ;;
  default)
    case $2 in allow) policy=ACCEPT ;; *) policy=DROP ;; esac
    case $3 in incoming) chain=INPUT ;; outgoing) chain=OUTPUT ;; *) chain=FORWARD ;; esac
    sed -i "s/^DEFAULT_${chain}_POLICY=.*/DEFAULT_${chain}_POLICY=\"$policy\"/" /etc/default/ufw
    ;;
  --force) echo 'Status: active' >"$machine/ufw" ;;
  reload) ;;
  delete) : >"$machine/rules" ;;
  *)
    line="ufw $*" comment=${*: -1}
    line=${line% comment *}
    [ "$line" = 'ufw allow to any' ] || line=${line% to any}
    [ "$line" != 'ufw allow ssh' ] || line='ufw allow 22/tcp'
    echo "$line comment '$comment'" >>"$machine/rules"
    ;;
esac"#,
    ),
    (
        "iptables",
        r#"echo '-P INPUT ACCEPT'
! grep -q active <(grep -v inactive "$machine/ufw") || sed -n '/^-A DOCKER-USER /p' /etc/ufw/after.rules"#,
    ),
    ("ip6tables", "echo '-P INPUT ACCEPT'"),
    ("iptables-restore", "cat >/dev/null"),
    ("ip6tables-restore", "cat >/dev/null"),
];

/// The machine, and one run of a step for each call that it makes. Each is printed as a line that begins with `@`, and what it said.
const EACH_CALL: &str = r#"
set -euo pipefail
root=$PWD
mkdir state saved
mount -t tmpfs tmpfs state
mount -t tmpfs tmpfs saved
mkdir -p state/{etc,varlib,disk,machine,keyrings} disk
cp -a machine/. state/machine
mkdir -p state/machine/bin
cp -a /etc/{passwd,group,shadow,pam.d,security,login.defs,ld.so.cache,nsswitch.conf,alternatives} state/etc
echo nameserver 192.0.2.53 >state/etc/resolv.conf
mkdir -p state/etc/ufw state/etc/default/grub.d state/etc/omni state/etc/apt/sources.list.d
printf '%s\n' IPV6=yes 'DEFAULT_INPUT_POLICY="ACCEPT"' 'DEFAULT_OUTPUT_POLICY="DROP"' 'DEFAULT_FORWARD_POLICY="ACCEPT"' >state/etc/default/ufw
for file in before6.rules after.rules after6.rules user.rules user6.rules; do printf '%s\n' '*filter' COMMIT >"state/etc/ufw/$file"; done
printf '/dev/sda1 / ext4 defaults 0 1' >state/etc/fstab
cp machine/secrets "state/etc/omni/$deployment.env"
mount --bind state/etc /etc
mount --bind state/varlib /var/lib
mount --bind state/disk disk
mount --bind state/machine machine
mkdir -p /usr/share/keyrings
mount --bind state/keyrings /usr/share/keyrings
echo 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro' >state/machine/cmdline
mount --bind state/machine/cmdline /proc/cmdline
# Settings of the running kernel: files in the place of the machine's own, which are left alone.
for key in kernel/numa_balancing net/ipv4/ip_nonlocal_bind vm/max_map_count vm/swappiness; do
  [ -e "/proc/sys/$key" ] || continue
  echo 7 >"state/machine/${key##*/}"
  mount --bind "state/machine/${key##*/}" "/proc/sys/$key"
done
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/backup
mount -t tmpfs tmpfs /usr/local/bin

deploy=$root/out/$option/deploy.sh
echo 'exit 0' >"$root/out/$option/verify/verify.sh"
steps=$(/bin/bash "$deploy" --list | cut -d: -f1)
PATH=$root/every:$root/machine/bin
run() {
  local status=0
  : >calls
  OMNI_OPERATOR=root /bin/bash "$root/out/$option/only.sh" "${arguments[@]}" >said 2>&1 </dev/null || status=$?
  echo "$status"
}
save() { /bin/rm -rf "$1" && /bin/cp -a state "$1"; }
restore() {
  for folder in etc varlib disk machine keyrings; do
    /bin/find "state/$folder" -mindepth 1 -delete
    /bin/cp -a "$1/$folder/." "state/$folder"
  done
}
: >fails
for step in $steps; do
  # The same script with one step.
  /bin/sed "/^steps=(\$/,/^)\$/c steps=($step)" "$deploy" >"$root/out/$option/only.sh"
  save saved/before
  status=$(run)
  printf '@ %s\t%s\t%s\t%s\n' "$step" "$status" whole '0 all is well'
  /bin/cat said
  mapfile -t calls <calls
  save saved/after
    declare -A times=()
  for call in "${calls[@]}"; do
    times[$call]=$((${times[$call]-0} + 1))
    restore saved/before
    echo "${times[$call]} $call" >fails
    status=$(run)
    : >fails
    memory=/omni/$deployment/steps/$step
    if [ ! -e "state/varlib$memory" ]; then
      remembered=nothing
    # What a step notes while it is applied is no memory of what the machine was like.
    elif /bin/diff -r --exclude images --exclude salt --exclude salt.new --exclude values --exclude 90-omni.conf --exclude written "state/varlib$memory" "saved/after/varlib$memory" >/dev/null; then
      remembered=whole
    else
      remembered=half
    fi
    printf '@ %s\t%s\t%s\t%s\n' "$step" "$status" "$remembered" "${times[$call]} $call"
    /bin/cat said
  done
  unset times
  restore saved/after
done
"#;

/// A run in which one call failed.
struct Failing<'a> {
    step: &'a str,
    status: &'a str,
    remembered: &'a str,
    call: &'a str,
    said: String,
}

/// Every run, in the order in which they were made.
fn runs(said: &str) -> Vec<Failing<'_>> {
    let mut runs: Vec<Failing<'_>> = Vec::new();
    for line in said.lines() {
        if let Some(head) = line.strip_prefix("@ ") {
            let [step, status, remembered, call] = head.splitn(4, '\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            runs.push(Failing { step, status, remembered, call, said: String::new() });
        } else {
            let run = runs.last_mut().unwrap_or_else(|| panic!("{said}"));
            writeln!(run.said, "{line}").unwrap();
        }
    }
    runs
}

impl Failing<'_> {
    /// What is wrong with how it ended, or the place in [`TOLERATED`] that it is allowed by.
    fn judge(&self) -> Result<Option<usize>, String> {
        let Self { step, status, remembered, call, said } = self;
        let (_, call) = call.split_once(' ').unwrap();
        let wrong = |what: &str| {
            Err(format!("{step}: {call}: {what} (exit {status}, remembered: {remembered})\n{said}"))
        };
        if call == "all is well" {
            return if *status == "0" { Ok(None) } else { wrong("it does not run at all") };
        }
        if *remembered == "half" {
            return wrong("the step is remembered by half");
        }
        let tolerated = |start: &str| match start.split_once(": ") {
            Some((of, start)) => of == *step && call.starts_with(start),
            None => call.starts_with(start),
        };
        let place = TOLERATED.iter().position(|(start, _)| tolerated(start));
        if place.is_some() && *status == "0" {
            return Ok(place);
        }
        if *status != "1" {
            return wrong("it goes on");
        }
        // What it does around the steps is no part of one.
        let around = call.starts_with("dirname /out/")
            || call.starts_with("flock ")
            || call.contains("/var/lib/omni/") && (call.contains("/steps") || call.ends_with("/option"));
        if !around && !said.contains(&format!("deploy: step {step} failed: ")) {
            return wrong("it does not name the step");
        }
        let program = call.split(' ').next().unwrap();
        // Either a line that names the command, or a message that was written for it.
        let named = said.lines().any(|line| line.contains(" ended with ") && line.contains(program));
        let of_a_script = |line: &str| {
            ["deploy", "storage", "models", "gvisor", "k3s", "firewall"]
                .iter()
                .any(|me| line.strip_prefix(me).is_some_and(|rest| rest.starts_with(": ")))
        };
        let own = said.lines().any(|line| {
            of_a_script(line)
                && !line.contains("deploy: step ")
                && !line.starts_with(&format!("deploy: {step}: "))
        });
        if named || own { Ok(None) } else { wrong("it does not name the command") }
    }
}

/// All that is wrong with an example in an option, and which of [`TOLERATED`] it needs.
fn each_call_fails_once(name: &str, deployment: &Checked, option: &str) -> (Vec<String>, BTreeSet<usize>) {
    let stage = Stage::of(&format!("failures-{name}-{option}"), deployment, |root| {
        let disk = root.join("disk").display().to_string();
        match name {
            "v15" => {
                vec![("/nvme", disk), ("\"64 GiB\"", "\"4 MiB\"".to_owned()), ("281 GiB", "8 MiB".to_owned())]
            }
            "home" => vec![("\"mount\":\"/srv\"", format!("\"mount\":\"{disk}\""))],
            _ => vec![("\"mount\":\"/data\"", format!("\"mount\":\"{disk}\""))],
        }
    });
    let root = &stage.root;
    for (program, body) in PROGRAMS {
        stage.program(program, body);
    }
    let every = root.join("every-program");
    stage.program("../every-program", "");
    fs::write(&every, EVERY_PROGRAM.replace("@ROOT@", &root.display().to_string())).unwrap();
    fs::create_dir(root.join("every")).unwrap();
    let programs =
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let programs = programs.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let programs: BTreeSet<_> = programs.chain(PROGRAMS.iter().map(|(name, _)| (*name).to_owned())).collect();
    for program in programs.iter().filter(|name| !INSTALLED_LATER.contains(&name.as_str())) {
        symlink(&every, root.join("every").join(program)).unwrap();
    }
    let secrets = stage.deployment.secrets.keys().map(|name| format!("{name}=x\n")).collect::<String>();
    stage.file("secrets", &secrets);
    for empty in ["runtimes", "swaps", "rules", "imported"] {
        stage.file(empty, "");
    }
    stage.file("ufw", "Status: inactive\n");
    let k3s = stage.deployment.cluster.as_ref().map_or_else(String::new, |cluster| cluster.k3s.to_string());
    stage.file("k3s", &k3s);
    stage.file("key", GVISOR_KEY);
    if let Some(sums) = stage.deployment.cluster.as_ref().map(Cluster::k3s_checksums) {
        stage.file("installer", &format!("# sum {}\n", sums.installer.unwrap()));
        stage.file("program", &format!("# sum {}\n", sums.amd64.unwrap()));
    }
    // The preflight has a test of its own: `preflight.rs`.
    let confirm = stage
        .deployment
        .authorization
        .as_ref()
        .map_or_else(String::new, |authorization| format!("--confirm {}", authorization.word.as_str()));
    let run = stage.bash(&format!(
        "deployment={} option={option} arguments=(--skip-preflight {confirm})\n{EACH_CALL}",
        stage.deployment.name
    ));
    assert_eq!(run.status, 0, "{name} {option}: {}", run.said);
    let runs = runs(&run.said);
    let (mut wrong, mut needed) = (Vec::new(), BTreeSet::new());
    for failing in &runs {
        match failing.judge() {
            Ok(place) => needed.extend(place),
            Err(why) => wrong.push(format!("{name} {option}: {why}")),
        }
    }
    println!("{name} {option}: {} runs", runs.len());
    (wrong, needed)
}

#[test]
fn each_command_of_each_step_that_fails_stops_deploy_sh() {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let all = [
        ("minimal", crate::minimal::minimal(), "compose"),
        ("home", crate::home::home(), "compose"),
        ("v15", crate::v15::v15(), "compose"),
        ("v15", crate::v15::v15(), "k3s"),
    ];
    let (mut wrong, mut needed) = (Vec::new(), BTreeSet::new());
    thread::scope(|scope| {
        let threads: Vec<_> = all
            .iter()
            .map(|(name, deployment, option)| scope.spawn(|| each_call_fails_once(name, deployment, option)))
            .collect();
        for thread in threads {
            let (more, places) = thread.join().unwrap();
            wrong.extend(more);
            needed.extend(places);
        }
    });
    let idle = (0..TOLERATED.len()).filter(|place| !needed.contains(place)).map(|place| TOLERATED[place].0);
    assert!(wrong.is_empty(), "{} runs are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(idle.collect::<Vec<_>>(), [""; 0], "nothing needs to be tolerated there");
}
