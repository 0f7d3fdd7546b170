//! The life of a deployment on the cluster: its scripts deploy it, judge it, change it and undo it.

use std::{env, fs, os::unix::fs::symlink, process::Command};

use omni::Checked;
use serde_json::{Value, json};

use crate::{
    bundle::{Bundle, Said, said},
    cluster::{is_ready, until, workload},
    here,
    manifests::nothing_is_left,
    node::Node,
    scaled,
    tally::{Outcome, Tally, contains, ensure},
};

const INFERENCE: &str = "inference";
const AGENTS: &str = "agents";
const HANDS: [&str; 3] = ["agent-orchestrator", "mcp-proxy", "metacognition"];

/// A deployment, where it runs, and what came of it so far.
struct Life<'a> {
    node: &'a Node,
    checked: &'a Checked,
    bundle: Bundle,
    tally: &'a mut Tally,
}

pub(crate) fn judge(node: &Node, checked: &Checked, tally: &mut Tally) {
    prepare();
    let bundle = Bundle::write(checked, &node.folder().join("life"));
    let script = bundle.path("common/hosts/omni/storage.sh");
    tally.check("storage.sh", said(node.command("bash").arg(script)).ok().map(drop));
    settings(&bundle);
    let mut life = Life { node, checked, bundle, tally };
    life.faults();
    life.loading();
    life.sandbox();
    life.judged();
    life.again();
    life.rebuilt();
    life.other_secret();
    life.one_at_a_time();
    life.action();
    life.failover();
    life.change();
    life.end();
}

/// What the operator and the steps before have done: a disk, a model on it, the secrets.
fn prepare() {
    let script = format!(
        "mkdir -p {0} /etc/omni && mount -t tmpfs -o mode=0755 tmpfs {0}
         mkdir -p {0}/models/deepseek-v3.2-dq3 {0}/models/deepseek-v3.2
         head -c 4M /dev/zero >{0}/models/deepseek-v3.2/model.safetensors
         head -c 4M /dev/zero >{0}/models/deepseek-v3.2-dq3/DQ3_K_M.gguf
         printf 'GRAFANA_ADMIN_PASSWORD=secret\\nALERT_WEBHOOK_URL=http://127.0.0.1:9\\nWATCHDOG_URL=http://127.0.0.1:9\\nBRAINTRUST_API_KEY=key\\n' \
             >/etc/omni/protocol-omni.env",
        scaled::DISK
    );
    said(Command::new("bash").args(["-euc", &script])).ok().unwrap();
}

/// The kernel's settings as the step before leaves them. Files stand for those that belong to no namespace.
fn settings(bundle: &Bundle) {
    let script = "install -D -m 644 $0 /etc/sysctl.d/90-omni.conf
         while IFS='= ' read -r key value; do
             file=/proc/sys/${key//.//} own=/run/omni-sysctl-$key
             [ -e $file ] || continue
             echo $value >$own
             mount --bind $own $file
         done < <(grep -v '^#' /etc/sysctl.d/90-omni.conf)";
    let file = bundle.path("common/hosts/omni/etc/sysctl.d/90-omni.conf");
    said(Command::new("bash").args(["-euc", script]).arg(file)).ok().unwrap();
}

impl Life<'_> {
    fn check(&mut self, what: &str, outcome: Outcome) {
        self.tally.check(what, outcome);
    }

    /// Runs the steps from the secrets on. Those before are not for this machine, and it verifies them. The preflight would miss GPUs,
    /// and an engine of Docker's that runs.
    fn deploy(&self) -> Said {
        let arguments = ["--confirm", "TITANIUM-PRIME-GO", "--skip-preflight", "--from", "secrets"];
        self.bundle.run(self.node, "k3s/deploy.sh", &arguments)
    }

    /// Everything but Docker's services, whose engine is not there.
    fn deployed(&self) -> Result<String, String> {
        let said = self.deploy().ended(1)?;
        contains(&said, "the Docker daemon does not answer")?;
        contains(&said, "step compose failed: fix the cause, then continue with --from compose")?;
        Ok(said)
    }

    fn rollback(&self) -> Result<String, String> {
        self.bundle.run(self.node, "k3s/rollback.sh", &[]).ok()
    }

    /// The results of a step's checks, by their names.
    fn verify(&self, step: &str) -> Result<Value, String> {
        let said = self.bundle.run(self.node, "k3s/verify/verify.sh", &["--json", "--step", step]);
        serde_json::from_str(&said.out).map_err(|error| format!("{error}: {}", said.text))
    }

    /// Runs a step's checks once, and compares what they say.
    fn verdicts(&mut self, step: &str, expected: &[(&str, &str)]) {
        let rows = self.verify(step);
        for (check, result) in expected {
            let outcome = rows.as_ref().map_err(Clone::clone).and_then(|rows| {
                let row = rows.as_array().into_iter().flatten().find(|row| row["check"] == *check);
                ensure(row.is_some_and(|row| row["result"] == *result), format!("{row:?}"))
            });
            self.check(&format!("verify.sh: {check} {result}"), outcome);
        }
    }

    fn one_pod(&self, namespace: &str, service: &str) -> Result<Value, String> {
        let mut pods = self.node.pods(namespace, service)?;
        let count = pods.len();
        pods.pop().filter(|_| count == 1).ok_or(format!("{count} pods of {service}"))
    }

    fn loaded(&self, service: &str) -> Outcome {
        until(|| {
            let pod = self.one_pod(INFERENCE, service)?;
            ensure(is_ready(&pod), &pod["status"])
        })
    }

    fn faults(&mut self) {
        let folder = self.node.folder().join("without-k3s");
        fs::create_dir(&folder).unwrap();
        let shim = "containerd-shim-runsc-v1";
        for program in [shim, "runsc"] {
            symlink(here().join("stand-ins").join(program), folder.join(program)).unwrap();
        }
        let path = format!("{}:{}", folder.display(), env::var("PATH").unwrap_or_default());
        let mut without = Command::new("bash");
        without.env("PATH", path).arg(self.bundle.path("k3s/deploy.sh"));
        without.args(["--confirm", "TITANIUM-PRIME-GO", "--skip-preflight", "--from", "secrets"]);
        let said = said(&mut without).ended(1);
        let names_it = said.and_then(|said| {
            contains(&said, "k3s: command not found")?;
            contains(&said, "step k3s does not pass its checks: start with --from k3s")
        });
        self.check("without k3s, deploy.sh says so, and the step", names_it);

        let archive = self.node.folder().join("docker/omni-stand-in-mcp-proxy-1.tar");
        let aside = archive.with_extension("aside");
        fs::rename(&archive, &aside).unwrap();
        let said = self.deploy().ended(1).and_then(|said| {
            contains(&said, "the image omni/stand-in-mcp-proxy:1 is not on this host: build it first")?;
            contains(&said, "step pods failed: fix the cause, then continue with --from pods")
        });
        self.check("without an image, deploy.sh names it, and the step", said);
        fs::rename(&aside, &archive).unwrap();
        let undone = self.rollback().and_then(|_| nothing_is_left(self.node));
        self.check("rollback.sh undoes half a deployment", undone);
    }

    fn loading(&mut self) {
        let deployed = self.deployed().map(drop);
        self.check("deploy.sh does all but Docker's services", deployed);
        let refused = until(|| {
            let events = self.node.kubectl("get events --namespace inference").ok()?;
            contains(&events, "Startup probe failed: HTTP probe failed with statuscode: 503")
        });
        self.check("the start-up probe sees the model loading", refused);
        for (namespace, service) in [(INFERENCE, "deepseek"), (AGENTS, "agent-orchestrator")] {
            let once =
                self.created(namespace, service).and_then(|pods| ensure(pods == 1, format!("{pods} pods")));
            self.check(&format!("{service} was started once"), once);
        }
        let waits = self.one_pod(INFERENCE, "deepseek").and_then(|pod| {
            ensure(!is_ready(&pod), "ready")?;
            ensure(pod["status"]["containerStatuses"][0]["restartCount"] == 0, &pod["status"])
        });
        self.check("meanwhile it runs, is not ready, and does not start anew", waits);
        let others = until(|| {
            for deployment in self.node.get("deployments --all-namespaces")? {
                let name = &deployment["metadata"]["labels"]["app.kubernetes.io/name"];
                let (wanted, ready) =
                    (&deployment["spec"]["replicas"], &deployment["status"]["readyReplicas"]);
                ensure(name == "deepseek" || *wanted == 0 || ready == wanted, name)?;
            }
            Ok(())
        });
        self.check("every other pod is ready", others);
        self.verdicts(
            "pods",
            &[
                ("pods", "LOADING"),
                ("model-loaded-deepseek", "LOADING"),
                ("sandbox-pods", "SKIP"),
                ("inference-deepseek", "SKIP"),
            ],
        );
        let loaded = self.loaded("deepseek");
        self.check("loaded, it is ready", loaded);
    }

    fn sandbox(&mut self) {
        for service in HANDS {
            let ready = until(|| {
                let pod = self.one_pod(AGENTS, service)?;
                ensure(is_ready(&pod), &pod["status"])?;
                ensure(pod["spec"]["runtimeClassName"] == "gvisor", &pod["spec"])
            });
            self.check(&format!("{service} is ready in the runtime class gvisor"), ready);
            let seen = self.node.inside(AGENTS, service, "id; cat /proc/version /proc/self/status");
            let inside = seen.and_then(|seen| {
                contains(&seen, "Sun Jan 10 15:06:54 PST 2016")?;
                contains(&seen, "uid=10001 gid=10001 groups=10001\n")?;
                contains(&seen, "CapEff:\t0000000000000000")?;
                contains(&seen, "CapBnd:\t0000000000000000")
            });
            self.check(&format!("{service} sees gVisor's kernel, and is nobody there"), inside);
        }
        let seen = self.node.inside(INFERENCE, "deepseek", "cat /proc/self/status /proc/version");
        let inside = seen.and_then(|seen| {
            let host = fs::read_to_string("/proc/version").map_err(|error| error.to_string())?;
            contains(&seen, &host)?;
            contains(&seen, "NoNewPrivs:\t1")?;
            contains(&seen, "Seccomp:\t2")?;
            // CAP_SYS_NICE, and nothing else.
            contains(&seen, "CapEff:\t0000000000800000")
        });
        self.check("deepseek has its one capability, and can get no other", inside);
        let seen = self.node.inside(INFERENCE, "deepseek", "! touch /models/x 2>&1");
        let volumes = seen.and_then(|seen| contains(&seen, "Read-only file system"));
        self.check("deepseek has its models read-only", volumes);
    }

    fn judged(&mut self) {
        let k3s = ["k3s-node", "kubelet", "kubeconfig", "container-runtimes"];
        self.verdicts("k3s", &k3s.map(|check| (check, "PASS")));
        self.verdicts("namespaces", &[("namespaces", "PASS")]);
        self.verdicts("network-policies", &[("network-policies", "PASS")]);
        // The node says that it has GPUs; the machine has none.
        self.verdicts("device-plugin", &[("gpus-allocatable", "PASS"), ("gpu-visible", "FAIL")]);
        self.verdicts(
            "pods",
            &[
                ("pods", "PASS"),
                ("left-behind", "PASS"),
                ("sandbox-pods", "PASS"),
                ("gpu-inside-deepseek", "PASS"),
                ("model-loaded-deepseek", "PASS"),
                ("inference-deepseek", "PASS"),
                ("route-agent-orchestrator-deepseek", "PASS"),
                ("route-metacognition-deepseek", "PASS"),
                ("restarts-pods", "PASS"),
                ("pods-current", "PASS"),
                // It runs on Docker, which is not there.
                ("route-agent-orchestrator-letta", "FAIL"),
            ],
        );
        let mut other = self.node.command("bash");
        other.arg(self.bundle.path("k3s/verify/verify.sh")).args(["--step", "k3s"]);
        let said = said(other.env("OMNI_K3S_VERSION", "v1.20.2+k3s1")).ended(1);
        let honest = said.and_then(|said| {
            contains(&said, "FAIL  k3s runs: k3s v1.20.2+k3s1 is installed instead of")?;
            contains(&said, "SKIP  Kubelet: swap, reserve, eviction: depends on k3s runs, which is FAIL")
        });
        self.check("verify.sh fails another release than the bundle's", honest);
    }

    fn again(&mut self) {
        let uids = || {
            let pods = self.node.get("pods --all-namespaces").unwrap_or_default();
            pods.iter().map(|pod| pod["metadata"]["uid"].to_string()).collect::<Vec<_>>()
        };
        let before = uids();
        let same = self.deployed().and_then(|said| {
            let changes = [" created", " configured", " patched", "done", "pinned"];
            let odd = said.lines().filter(|line| changes.iter().any(|it| line.ends_with(it)));
            ensure(odd.count() == 0 && said.contains("deployment.apps/inference-engine unchanged"), &said)?;
            ensure(before == uids(), "other pods run")
        });
        self.check("deploy.sh a second time changes nothing", same);
        let images = said(self.node.command("k3s").args(["ctr", "images", "list"])).ok();
        let pinned = images.and_then(|images| {
            let ours = images.lines().filter(|line| line.starts_with("docker.io/omni/stand-in-"));
            let (pinned, loose): (Vec<_>, Vec<_>) =
                ours.partition(|line| line.contains("io.cri-containerd.pinned=pinned"));
            let pause = loose.iter().all(|line| line.contains("pause"));
            ensure(pinned.len() >= HANDS.len() && pause, images)
        });
        self.check("what was imported is pinned", pinned);
    }

    /// The pods that a Deployment's ReplicaSets have made so far.
    fn created(&self, namespace: &str, service: &str) -> Result<usize, String> {
        let events = self.node.get(&format!("events --namespace {namespace}"))?;
        let made = events.iter().filter(|event| {
            let of = &event["involvedObject"];
            let name = of["name"].as_str().and_then(|name| name.rsplit_once('-'));
            event["reason"] == "SuccessfulCreate"
                && of["kind"] == "ReplicaSet"
                && name.is_some_and(|(deployment, _)| deployment == workload(service))
        });
        Ok(made.count())
    }

    /// The pods of each service, by their names.
    fn uids(&self, services: &[(&str, &str)]) -> Result<Vec<Value>, String> {
        let uid = |(namespace, service): &(&str, &str)| {
            Ok(self.one_pod(namespace, service)?["metadata"]["uid"].clone())
        };
        services.iter().map(uid).collect()
    }

    /// Deploys, after which a service has another pod in which a command says something, and the others have the same as before.
    fn replaces(&self, service: &str, command: &str, says: &str) -> Outcome {
        let all = HANDS.iter().map(|hand| (AGENTS, *hand)).chain([(INFERENCE, "deepseek")]);
        let (own, others): (Vec<_>, Vec<_>) = all.partition(|(_, name)| *name == service);
        let (old, same) = (self.uids(&own)?, self.uids(&others)?);
        let stale = self.verify("pods")?;
        let row = stale.as_array().into_iter().flatten().find(|row| row["check"] == "pods-current");
        ensure(row.is_some_and(|row| row["result"] == "FAIL"), format!("{row:?}"))?;
        self.deployed()?;
        until(|| {
            let pod = self.one_pod(AGENTS, service)?;
            ensure(pod["metadata"]["uid"] != old[0] && is_ready(&pod), &pod["status"])
        })?;
        // The old pod may still be on its way out, and be the one that is asked.
        until(|| contains(&self.node.inside(AGENTS, service, command)?, says))?;
        ensure(same == self.uids(&others)?, "pods of other services were replaced")
    }

    /// An image under the same tag as before, with another environment.
    fn rebuilt(&mut self) {
        let archive = self.node.folder().join("docker/omni-stand-in-mcp-proxy-1.tar");
        let script = r#"work=$(mktemp -d)
            tar -C "$work" -xf "$1"
            jq '.config.Env += ["REBUILT=yes"]' "$work/config.json" >"$work/new"
            mv "$work/new" "$work/config.json"
            tar -C "$work" -cf "$1" manifest.json config.json layer.tar
            rm -r "$work""#;
        said(Command::new("bash").args(["-euc", script, "-"]).arg(archive)).ok().unwrap();
        let replaced = self.replaces("mcp-proxy", "env", "REBUILT=yes");
        self.check("a rebuilt image is rolled out, and nothing else", replaced);
        self.verdicts("pods", &[("pods-current", "PASS")]);
    }

    fn other_secret(&mut self) {
        let script = "sed -i s/BRAINTRUST_API_KEY=key/BRAINTRUST_API_KEY=other/ /etc/omni/protocol-omni.env";
        said(Command::new("bash").args(["-euc", script])).ok().unwrap();
        let replaced = self.replaces("agent-orchestrator", "env", "BRAINTRUST_API_KEY=other");
        self.check("a changed secret is rolled out to who reads it, and to nobody else", replaced);
        self.verdicts("pods", &[("pods-current", "PASS")]);
    }

    fn one_at_a_time(&mut self) {
        let scale = |count| {
            self.node
                .kubectl(&format!(
                    "scale --namespace inference deployment inference-engine --replicas={count}"
                ))
                .ok()
        };
        let pending = scale(2).and_then(|_| {
            until(|| {
                let pods = self.node.pods(INFERENCE, "deepseek")?;
                let pending: Vec<_> = pods.iter().filter(|pod| pod["status"]["phase"] == "Pending").collect();
                ensure(pods.len() == 2 && pending.len() == 1, format!("{} pods", pods.len()))?;
                let why = pending[0]["status"]["conditions"][0]["message"].as_str().unwrap_or_default();
                // The scheduler names the first thing that it misses: the GPUs, or the port.
                let missed = ["Insufficient nvidia.com/gpu", "didn't have free ports"];
                ensure(missed.iter().any(|it| why.contains(it)), why)
            })
        });
        self.check("a second pod of the model stays Pending", pending);
        let one = scale(1).and_then(|_| until(|| self.one_pod(INFERENCE, "deepseek").map(drop)));
        self.check("and goes", one);
    }

    /// The action of an alert, as an operator reads it.
    fn action(&mut self) {
        let rules: serde_norway::Value =
            serde_norway::from_str(&self.bundle.read("k3s/monitoring/rules/omni-critical.yaml")).unwrap();
        let rules = rules["groups"]
            .as_sequence()
            .unwrap()
            .iter()
            .flat_map(|group| group["rules"].as_sequence().unwrap());
        let action = rules.clone().find(|rule| rule["alert"] == "BlackwellResetLoopRisk").unwrap()["annotations"]["action"].clone();
        let action = action.as_str().unwrap();
        let gone = said(self.node.command("bash").args(["-c", action])).ok().and_then(|_| {
            until(|| {
                let pods =
                    self.node.get("pods --namespace inference --selector app.kubernetes.io/name=deepseek")?;
                ensure(pods.is_empty(), "a pod is still there")
            })
        });
        self.check(&format!("the alert's action: {action}"), gone);
        let back = self.deployed().and_then(|_| self.loaded("deepseek"));
        self.check("deploy.sh brings it back", back);
    }

    fn failover(&mut self) {
        let over = self.bundle.run(self.node, "k3s/failover.sh", &["glm"]).ok().and_then(|_| {
            ensure(self.node.pods(INFERENCE, "deepseek")?.is_empty(), "deepseek still runs")?;
            self.loaded("glm")
        });
        self.check("failover.sh: the standby takes over", over);
        let refused = self.deploy().ended(1).and_then(|said| {
            contains(&said, "glm is running in place of a service that would be started: run failover.sh --back glm first")?;
            ensure(self.node.pods(INFERENCE, "deepseek")?.is_empty(), "deepseek runs")?;
            self.one_pod(INFERENCE, "glm").map(drop)
        });
        self.check("meanwhile deploy.sh refuses to switch back", refused);
        // What the operator's own kubectl is set to is another cluster.
        let mut back = self.node.command("bash");
        back.arg(self.bundle.path("k3s/failover.sh")).args(["--back", "glm"]);
        let back = said(back.env("KUBECONFIG", "/dev/null")).ok().and_then(|_| {
            ensure(self.node.pods(INFERENCE, "glm")?.is_empty(), "glm still runs")?;
            self.loaded("deepseek")
        });
        self.check("failover.sh --back, on this cluster whatever KUBECONFIG says", back);
    }

    /// Another model: a variable of the inference's is new, and a service is gone.
    fn change(&mut self) {
        let service = "mcp-proxy";
        let flows = self.checked.flows.iter().map(ToString::to_string);
        let flows: Vec<_> = flows.filter(|flow| !flow.contains(service)).collect();
        let checked = scaled::v15_with(&json!({
            // What it lived on goes with it: the kubelet's share stays, and the step of k3s has nothing to do.
            "hosts": { "omni": { "ram": { "reserve": "2944 MiB" } } },
            "services": {
                "deepseek": { "env": { "NEW": "1" } },
                "agent-orchestrator": { "env": { "MCP_PROXY_ENDPOINT": null } },
                service: null,
            },
            "flows": flows,
        }));
        let old = self.one_pod(INFERENCE, "deepseek").unwrap();
        self.bundle = Bundle::write(&checked, &self.node.folder().join("changed"));
        let said = self.deployed();
        let replaced = said.and_then(|_| {
            self.loaded("deepseek")?;
            let new = self.one_pod(INFERENCE, "deepseek")?;
            let sets = self
                .node
                .get("replicasets --namespace inference --selector app.kubernetes.io/name=deepseek")?;
            ensure(new["metadata"]["uid"] != old["metadata"]["uid"], "the old pod still runs")?;
            // Two at the same time could not have had the GPUs.
            let ended = old["status"]["hostIP"] == new["status"]["hostIP"];
            // The first has had no pods: it is older than the annotations.
            ensure(ended && sets.len() == 3, format!("{} replica sets", sets.len()))
        });
        self.check("a change of the model replaces its pod, the old one first", replaced);
        let gone = until(|| ensure(!self.node.ours()?.contains("mcp-proxy"), "mcp-proxy is still there"));
        self.check("what left the model leaves the cluster", gone);
        self.verdicts("pods", &[("pods", "PASS"), ("left-behind", "PASS")]);
    }

    fn end(&mut self) {
        let undone = self.rollback().and_then(|_| nothing_is_left(self.node));
        self.check("rollback.sh leaves nothing in the cluster", undone);
        let again = self.rollback().and_then(|said| contains(&said, "nothing is deployed"));
        self.check("rollback.sh a second time has nothing to do", again);
        let forced = self.bundle.run(self.node, "k3s/rollback.sh", &["--force"]).ok().map(drop);
        self.check("rollback.sh --force", forced);
    }
}
