//! The definition of done: `verify.sh` on a machine of stand-ins on which all is well, and on which one thing is not.

use std::{collections::BTreeMap, fs, os::unix::fs::chown, path::Path};

use omni::model::{
    deployment::{Gpu, Storage},
    names::Owner,
    units::Bytes,
};
use serde_json::{Value, json};

use crate::stage::{Stage, is_root};

const DOCKER: &str = r#"
case $* in
  'ps --all --quiet --filter label='*) echo 0123abcd ;;
  inspect*.Mounts*) cat "$machine/mounts" ;;
  inspect*State.Pid*) echo 4242 ;;
  'image inspect '*) echo sha256:0 ;;
  inspect*HostConfig.Runtime*) echo runsc ;;
  inspect*'if and .State.Running'*) cat "$machine/started" ;;
  inspect*RestartCount*) cat "$machine/restarts" ;;
  inspect*State.Status*) cat "$machine/state" ;;
  exec*/proc/version) cat "$machine/kernel" ;;
  'exec ktransformers nvidia-smi -L') cat "$machine/inside" ;;
  'info --format {{.CgroupDriver}}') cat "$machine/driver" ;;
  "exec "*http*) grep -qxF "$2 ${*: -1}" "$machine/cut" && exit 22 || exit 0 ;;
  *) exit 64 ;;
esac
"#;

const K3S: &str = r#"
case $* in
  --version) echo "k3s version $(cat "$machine/k3s") (0123abcd)" ;;
  *' nodes --no-headers') echo 'omni Ready control-plane 1d v1' ;;
  *' nodes '*allocatable*) cat "$machine/gpu-count" ;;
  *' nodes '*) echo omni ;;
  *' --raw '*) cat "$machine/kubelet" ;;
  *' get namespace '*) cat "$machine/namespace-$4" ;;
  *' diff '*) ;;
  *annotations*)
    secrets=
    [ "$6" != agent-orchestrator ] || secrets=$(sha256sum </var/lib/omni/protocol-omni/steps/pods/salt | cut -d ' ' -f 1)
    echo "image=sha256:0 secrets=$secrets"
    ;;
  *custom-columns*) echo 'Deployment agents agent-orchestrator' ;;
  *' get deployment '*)
    file=$machine/ready-$6
    [ -e "$file" ] || file=$machine/ready
    cat "$file"
    ;;
  *startedAt*) cat "$machine/started" ;;
  'kubectl apply '*) ;;
  *runtimeClassName*) echo gvisor ;;
  *restartCount*)
    cat "$machine/pods"
    sed -i "$(cat "$machine/next")" "$machine/pods"
    ;;
  *' exec '*/proc/version) cat "$machine/kernel" ;;
  *' exec deployment/inference-engine -- nvidia-smi -L') cat "$machine/inside" ;;
  *' exec '*http*) grep -qxF "${5#deployment/} ${*: -1}" "$machine/cut" && exit 22 || exit 0 ;;
  'secrets-encrypt status') echo 'Encryption Status: Enabled' ;;
  'crictl inspecti '*) cat "$machine/image" ;;
  'crictl ps '*) echo 0123abcd ;;
  'crictl inspect '*) echo 4242 ;;
  *) exit 64 ;;
esac
"#;

const CURL: &str = r#"
case $* in
  */v1/models) cat "$machine/models" ;;
  */v1/chat/completions) cat "$machine/answer" ;;
  */api/v1/rules*) cat "$machine/rules" ;;
  */api/v1/query) echo '{"result":[1]}' ;;
  */api/v1/alertmanagers) cat "$machine/alertmanagers" ;;
  */api/v2/alerts) echo >>"$machine/sent" ;;
  */metrics)
    for receiver in webhook watchdog; do
      labels="{integration=\"webhook\",receiver_name=\"$receiver\"}"
      asked=$(wc -l <"$machine/sent") failed=0
      if grep -q "$receiver" "$machine/failing"; then failed=$asked; fi
      echo "alertmanager_notification_requests_total$labels $asked"
      echo "alertmanager_notification_requests_failed_total$labels $failed"
    done
    ;;
  */api/health) echo '{"database": "ok"}' ;;
  *) ;;
esac
"#;

/// Puts the machine's files where the script looks for them. What bash needs of /proc and /etc stays.
const SCENE: &str = r#"
mkdir -p proc etc
mount --rbind /proc proc
mount --bind /etc etc
mount -t tmpfs tmpfs /proc
ln -s "$PWD/proc/self" /proc/self
mkdir -p /proc/4242 /proc/net /proc/sys/net/bridge
cp machine/cmdline /proc/cmdline
cp machine/numa_maps /proc/4242/numa_maps
echo 0::/stand-in >/proc/4242/cgroup
echo ::1 >/proc/net/if_inet6
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
mount -t tmpfs tmpfs /sys
mkdir -p /sys/class/net/omni0 /sys/fs/cgroup/stand-in
echo 4242 >/sys/fs/cgroup/stand-in/cgroup.procs
mkdir -p /var/lib/rancher/k3s/agent/etc/containerd /var/lib/omni/protocol-omni/steps/pods
echo salt >/var/lib/omni/protocol-omni/steps/pods/salt
printf 'runtimes.%s\n' gvisor nvidia >/var/lib/rancher/k3s/agent/etc/containerd/config.toml
mount -t tmpfs tmpfs /etc
ln -s "$PWD"/etc/{passwd,group,alternatives} /etc
cp machine/fstab /etc
mkdir -p /etc/omni /etc/rancher/k3s /etc/sysctl.d /etc/systemd/system
cp out/common/hosts/omni/etc/sysctl.d/90-omni.conf /etc/sysctl.d
mkdir -p /proc/sys/vm /proc/sys/kernel /proc/sys/net/ipv4
while read -r key _ value; do echo "$value" >"/proc/sys/${key//.//}"; done < <(grep -v '^#' out/common/hosts/omni/etc/sysctl.d/90-omni.conf)
cp machine/swappiness /proc/sys/vm/swappiness
cp -r "out/$option/systemd/." /etc/systemd/system
mkdir -p /var/lib/omni/protocol-omni/boot
cp "out/$option/boot.sh" /var/lib/omni/protocol-omni/boot
mkdir -p /var/lib/omni/protocol-omni/{gpus,metrics}
cp "out/$option/gpus.sh" /var/lib/omni/protocol-omni/gpus
cp machine/gpu-metrics /var/lib/omni/protocol-omni/metrics/gpus.prom
mkdir -p /etc/apt/apt.conf.d /etc/needrestart/conf.d
cp machine/apt /etc/apt/apt.conf.d/90omni
cp machine/needrestart /etc/needrestart/conf.d/90-omni.conf
cp machine/secrets /etc/omni/protocol-omni.env
touch /etc/rancher/k3s/k3s.yaml
chmod 600 /etc/rancher/k3s/k3s.yaml
"#;

/// The result of each check, and what it saw.
type Results = BTreeMap<String, (String, String)>;

/// A machine on which all is as v15 has it.
fn machine(name: &str, option: &str) -> Stage {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let stage = Stage::new(&format!("{name}-{option}"), |root| {
        vec![("/nvme", root.join("nvme").display().to_string())]
    });
    let host = &stage.deployment.hosts[0];
    stage.program("docker", DOCKER);
    stage.program("k3s", K3S);
    stage.program("curl", CURL);
    stage.program("systemctl", "case $1 in show) [ \"$2\" = --property=Result ] && cat \"$machine/result\" || echo \"${machine%/machine}/nvme\" ;; esac");
    stage.program("swapon", "cat \"$machine/swap\"");
    stage.program("ufw", "case $1 in status) cat \"$machine/ufw\" ;; show) cat \"$machine/added\" ;; esac");
    stage.program("nvidia-smi", "cat \"$machine/gpus\"");
    stage.program("iptables", "cat \"$machine/filter\"");
    stage.program("ip6tables", "cat \"$machine/filter6\"");
    stage.program("runsc", "cat \"$machine/runsc\"");
    for quiet in ["sleep", "containerd-shim-runsc-v1"] {
        stage.program(quiet, ":");
    }

    let out = stage.root.join("out").join(option);
    let emitted = |path: &str| fs::read_to_string(out.join(path)).unwrap();
    let parameters: Vec<_> =
        host.kernel.as_ref().unwrap().parameters.keys().map(ToString::to_string).collect();
    let common =
        |path: &str| fs::read_to_string(stage.root.join("out/common/hosts/omni/etc").join(path)).unwrap();
    stage.file("apt", &common("apt/apt.conf.d/90omni"));
    stage.file("needrestart", &common("needrestart/conf.d/90-omni.conf"));
    stage.file("cmdline", &format!("BOOT_IMAGE=/vmlinuz {}\n", parameters.join(" ")));
    let swap = host.swap.as_ref().unwrap();
    sparse(Path::new(swap.file.as_str()), swap.size);
    stage.file("swap", &format!("{} {}\n", swap.file, swap.size.get() - page_size()));
    stage.file("fstab", &format!("{} none swap sw 0 0\n", swap.file));
    let policies = "Default: deny (incoming), allow (outgoing), deny (routed)";
    stage.file("ufw", &format!("Status: active\n{policies}\n"));
    stage.file("added", &ufw_rules(&emitted("verify/verify.sh")));
    let gpu = |(i, gpu): (usize, &Gpu)| {
        format!("NVIDIA {}, GPU-{i}, 00000000:0{i}:00.0, {}\n", gpu.model, gpu.vram.mebibytes())
    };
    stage.file("gpus", &host.gpus.values().enumerate().map(gpu).collect::<String>());
    stage.file("inside", "GPU 0: a card\nGPU 1: another\n");
    stage.file("driver", "cgroupfs\n");
    stage.file("gpu-metrics", "");
    stage.file("gpu-count", &host.gpus.len().to_string());
    let served = &stage.deployment.services["deepseek"].inference.as_ref().unwrap().served_model;
    stage.file("models", &json!({"data": [{"id": served}]}).to_string());
    stage.file("answer", &answer(1000));
    stage.file("numa_maps", &numa_maps(&[70, 70, 70, 70]));
    stage.file("kernel", "Linux version 4.19.0-gvisor\n");
    stage.file("cut", "");
    stage.file("runsc", "runsc version release-20260817.0\n");
    stage.file("image", "sha256:0\n");
    stage.file("result", "success\n");
    stage.file("swappiness", "10\n");
    stage.file("mounts", "/usr\n");
    stage.file("state", "running healthy\n");
    stage.file("restarts", "running 0 2020-01-01T00:00:00Z\n");
    stage.file("ready", "1");
    stage.file("started", "");
    stage.file("pods", "a-pod Running 0\n");
    stage.file("next", "");
    stage.file("secrets", "ALERT_WEBHOOK_URL=x\nWATCHDOG_URL=x\nGRAFANA_ADMIN_PASSWORD=x\n");
    stage.file("sent", "\n");
    stage.file("failing", "");
    let filter =
        |rules: &str, jumps: &str| format!("-P INPUT DROP\n-P FORWARD DROP\n{jumps}\n{}", emitted(rules));
    stage.file("filter", &filter("firewall/docker-user.rules", "-A FORWARD -j DOCKER-USER"));
    let jumps = "-A INPUT -j ufw6-before-input\n-A OUTPUT -j ufw6-before-output";
    stage.file("filter6", &filter("firewall/deny6.rules", jumps));
    let rules = emitted("monitoring/rules/omni-critical.yaml").replace("- alert: ", "\"name\":\"");
    stage.file("rules", &rules.lines().map(|line| format!("{line}\"\n")).collect::<String>());
    let prometheus: Value = serde_norway::from_str(&emitted("monitoring/prometheus.yml")).unwrap();
    let alertmanager = &prometheus["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"][0];
    stage.file("alertmanagers", &format!("//{}/", alertmanager.as_str().unwrap()));
    stage.file("k3s", stage.deployment.cluster.as_ref().unwrap().k3s.as_str());
    if option == "k3s" {
        let kubelet: Value = serde_norway::from_str(&emitted("k3s/kubelet.yaml")).unwrap();
        stage.file("kubelet", &json!({"kubeletconfig": kubelet}).to_string());
    }
    for zone in stage.deployment.zones.values() {
        let level = serde_json::to_value(zone.pod_security).unwrap();
        if let Some(namespace) = &zone.namespace {
            stage.file(&format!("namespace-{namespace}"), level.as_str().unwrap());
        }
    }
    fill(&stage, host.storage.as_ref().unwrap());
    stage
}

/// The directories with their owners, and a model of the size that it should have.
fn fill(stage: &Stage, storage: &Storage) {
    for (name, directory) in &storage.directories {
        let path = stage.root.join("nvme").join(name.as_str());
        fs::create_dir_all(&path).unwrap();
        if let Owner::User(user) = &directory.owner {
            let user = user.to_string();
            let (user, group) = user.split_once(':').unwrap();
            chown(&path, user.parse().ok(), group.parse().ok()).unwrap();
        }
    }
    for model in stage.deployment.models.values().filter(|model| !model.optional) {
        let folder = stage.root.join("nvme/models").join(model.directory.as_str());
        sparse(&folder.join("model"), model.size.unwrap_or(Bytes::new(1)));
    }
}

/// A file of a size that takes no room.
fn sparse(path: &Path, size: Bytes) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::File::create(path).unwrap().set_len(size.get()).unwrap();
}

fn page_size() -> u64 {
    let size = crate::tool::run(crate::tool::command("getconf").arg("PAGESIZE")).unwrap();
    size.parse().unwrap()
}

/// The rules that the script looks for, as ufw shows them.
fn ufw_rules(verify: &str) -> String {
    let (_, rest) = verify.split_once("\nlines=(").unwrap();
    let (lines, _) = rest.split_once(")\n").unwrap();
    lines.split('\'').filter(|line| !line.trim().is_empty()).map(|line| format!("{line}\n")).collect()
}

/// An answer in two pieces, and how many tokens it had.
fn answer(tokens: u32) -> String {
    let piece = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n";
    format!("{piece}{piece}data: {{\"usage\":{{\"completion_tokens\":{tokens}}}}}\n")
}

/// So many GiB on each node.
fn numa_maps(nodes: &[u64]) -> String {
    let nodes: Vec<_> = nodes.iter().enumerate().map(|(node, pages)| format!("N{node}={pages}")).collect();
    format!("7f00 interleave:0-3 anon=280 {} kernelpagesize_kB=1048576\n", nodes.join(" "))
}

/// The rows that `verify.sh --json` gives: the result of each check, and what it saw.
fn verify(stage: &Stage, option: &str) -> (i32, Results) {
    let run = stage
        .bash(&format!("option={option}\n{SCENE}\nset +e\nout/{option}/verify/verify.sh --json 2>waits"));
    let rows: Vec<Value> =
        serde_json::from_str(&run.said).unwrap_or_else(|why| panic!("{why}: {}", run.said));
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let row = |row: &Value| (text(row, "check"), (text(row, "result"), text(row, "seen")));
    let results: BTreeMap<_, _> = rows.iter().map(row).collect();
    assert_eq!(results.len(), rows.len(), "a check has two rows");
    (run.status, results)
}

fn other_than_pass(results: &Results) -> Vec<(&String, &(String, String))> {
    results.iter().filter(|(_, (result, _))| result != "PASS").collect()
}

/// The checks that have a result.
fn with_result<'r>(results: &'r Results, result: &str) -> Vec<&'r str> {
    results.iter().filter(|(_, (is, _))| is == result).map(|(check, _)| check.as_str()).collect()
}

/// What breaks a row: a file of the machine, and what is in it then.
fn broken(stage: &Stage, option: &str) -> Vec<(&'static str, &'static str, String)> {
    let was = |name: &str| fs::read_to_string(stage.root.join("machine").join(name)).unwrap();
    let without = |name: &str, what: &str| {
        let text = was(name);
        assert!(text.contains(what), "{name}: {text}");
        text.lines().filter(|line| !line.contains(what)).map(|line| format!("{line}\n")).collect::<String>()
    };
    let kubernetes = option == "k3s";
    let sandbox = if kubernetes { "sandbox-pods" } else { "sandbox-containers" };
    let endpoint = "http://192.168.3.10:8000/health";
    let of_pods: &[_] = if kubernetes {
        &[("image", "sha256:1\n".to_owned()), ("secrets", was("secrets") + "BRAINTRUST_API_KEY=new\n")]
    } else {
        &[]
    };
    let of_pods = of_pods.iter().map(|(file, text)| ("pods-current", *file, text.clone()));
    let rows = vec![
        ("grub-params", "cmdline", was("cmdline").replace("initcall_blacklist=sysfb_init", "")),
        ("swap-active", "swap", String::new()),
        ("ufw-rules", "added", without("added", if kubernetes { "10.42.0.0/16" } else { "3000/tcp" })),
        ("gpu-visible", "gpus", without("gpus", "5090")),
        ("gpu-inside-deepseek", "inside", "GPU 0: a card\n".to_owned()),
        ("docker-cgroups", "driver", "systemd\n".to_owned()),
        ("model-loaded-deepseek", "models", json!({"data": [{"id": "another"}]}).to_string()),
        ("numa-spread-deepseek", "numa_maps", numa_maps(&[280, 0, 0, 0])),
        (sandbox, "kernel", "Linux version 6.1.0-debian\n".to_owned()),
        ("inference-deepseek", "answer", answer(0).replace("Hello", "")),
        ("alert-receiver", "failing", "webhook".to_owned()),
        ("watchdog-heard", "failing", "watchdog".to_owned()),
        ("route-agent-orchestrator-deepseek", "cut", format!("agent-orchestrator {endpoint}\n")),
        match kubernetes {
            true => ("restarts-pods", "next", "s/0$/1/".to_owned()),
            false => ("restarts-containers", "restarts", "running 3 2999-01-01T00:00:00Z\n".to_owned()),
        },
        ("boot", "result", "exit-code\n".to_owned()),
        ("sysctl", "swappiness", "60\n".to_owned()),
        ("mounts", "mounts", "/usr\n/nowhere/prometheus.yml\n".to_owned()),
        ("held-back", "apt", without("apt", "containerd")),
        // Not a row of the plan's, but what half of them depend on.
        match kubernetes {
            true => ("pods", "ready", "0".to_owned()),
            false => ("containers", "state", "exited\n".to_owned()),
        },
        ("gvisor", "runsc", "runsc version 0.0~20221219.0\nspec: 1.0.2-dev\n".to_owned()),
    ];
    rows.into_iter().chain(of_pods).collect()
}

/// The checks that say nothing without one.
fn dependents(verify: &str, check: &str) -> Vec<String> {
    let (_, rest) = verify.split_once("declare -A after=(").unwrap();
    let (pairs, _) = rest.split_once(")\n").unwrap();
    let mut all: Vec<_> = pairs
        .split_whitespace()
        .filter_map(|pair| pair.strip_prefix('[')?.split_once("]="))
        .filter(|(_, needs)| *needs == check)
        .map(|(dependent, _)| dependent.to_owned())
        .collect();
    all.sort();
    all
}

fn each_row_breaks_alone(option: &str) {
    let stage = machine("done", option);
    let (status, results) = verify(&stage, option);
    assert_eq!((status, other_than_pass(&results)), (0, Vec::new()));
    let script = fs::read_to_string(stage.root.join("out").join(option).join("verify/verify.sh")).unwrap();
    let listed = stage.bash(&format!("out/{option}/verify/verify.sh --list")).said;
    assert_eq!(listed.lines().count(), results.len(), "{listed}");

    for (check, file, text) in broken(&stage, option) {
        let was = fs::read_to_string(stage.root.join("machine").join(file)).unwrap();
        stage.file(file, &text);
        let (status, results) = verify(&stage, option);
        stage.file(file, &was);
        assert_eq!(
            (status, with_result(&results, "FAIL")),
            (1, vec![check]),
            "{:#?}",
            other_than_pass(&results)
        );
        assert_eq!(with_result(&results, "SKIP"), dependents(&script, check), "{check}");
        for skipped in with_result(&results, "SKIP") {
            let (_, seen) = &results[skipped];
            assert!(
                seen.starts_with("depends on ") && seen.ends_with(", which is FAIL"),
                "{skipped}: {seen}"
            );
        }
    }
}

#[test]
fn each_row_of_the_definition_of_done_breaks_alone_on_compose() {
    each_row_breaks_alone("compose");
}

#[test]
fn each_row_of_the_definition_of_done_breaks_alone_on_k3s() {
    each_row_breaks_alone("k3s");
}

/// A model that loads, within its load time and past it: what `verify.sh` says, and whether `deploy.sh` goes on.
fn a_model_loads(option: &str) {
    let stage = machine("loads", option);
    stage.file("models", &json!({"data": []}).to_string());
    stage.file("ready-inference-engine", "0");
    let endpoint = "http://192.168.3.10:8000/health";
    let from = ["agent-orchestrator", "metacognition"];
    stage.file("cut", &from.map(|from| format!("{from} {endpoint}\n")).concat());
    let (own, step): (&[&str], _) = if option == "k3s" {
        (&["model-loaded-deepseek", "pods"], "pods")
    } else {
        let routes = ["route-agent-orchestrator-deepseek", "route-metacognition-deepseek"];
        (&["model-loaded-deepseek", routes[0], routes[1]], "compose")
    };
    let word = stage.deployment.authorization.as_ref().unwrap().word.as_str().to_owned();
    let deploy = || {
        stage.bash(&format!(
            "option={option}\n{SCENE}\nset +e\nout/{option}/deploy.sh --skip-preflight --confirm {word} --from dashboards"
        ))
    };
    let started = |time: &str| {
        // As the kubelet shows it, or as Docker does.
        let end = if option == "k3s" { "," } else { "" };
        let command = format!("date --utc --date '{time}' +%FT%TZ");
        let time = crate::tool::run(std::process::Command::new("bash").args(["-c", &command])).unwrap();
        stage.file("started", &format!("{}{end}\n", time.trim()));
    };

    started("1 minute ago");
    let (status, results) = verify(&stage, option);
    assert_eq!((status, with_result(&results, "FAIL")), (5, vec![]), "{:#?}", other_than_pass(&results));
    assert_eq!(with_result(&results, "LOADING"), own, "{:#?}", other_than_pass(&results));
    for check in own {
        let (_, seen) = &results[*check];
        assert!(seen.contains("still loading") && seen.contains(" s at most"), "{check}: {seen}");
    }
    let run = deploy();
    assert_eq!(run.status, 0, "{}", run.said);
    assert!(run.said.contains("LOADING") && run.said.contains("deploy: done"), "{}", run.said);

    started("2 hours ago");
    let (status, results) = verify(&stage, option);
    assert_eq!((status, with_result(&results, "FAIL")), (1, own.to_vec()));
    let run = deploy();
    assert_eq!(run.status, 1, "{}", run.said);
    let refused = format!("step {step} does not pass its checks: start with --from {step}");
    assert!(run.said.contains(&refused), "{}", run.said);
}

#[test]
fn a_model_that_loads_is_no_failure_on_compose() {
    a_model_loads("compose");
}

#[test]
fn a_model_that_loads_is_no_failure_on_k3s() {
    a_model_loads("k3s");
}
