//! The machine that the stack comes up on, and what is around it.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use omni::Checked;
use omni_testbed::{Docker, Engine, Space, StandIns, System};
use serde_json::Value;

use crate::model;

/// Where everything is that is written: a file system in memory.
pub(crate) const FOLDER: &str = "/mnt";

/// Where the machine's file of secrets is.
pub(crate) const SECRETS: &str = "/etc/omni/protocol-omni.env";

/// How long something may take that is under way, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Site {
    /// Whose programs the machine has.
    pub(crate) system: System,
    pub(crate) docker: Docker,
    pub(crate) machine: Space,
    pub(crate) stand_ins: StandIns,
    /// The deployment that is emitted.
    pub(crate) deployed: Checked,
    /// The umask of whoever emits the bundle and runs its scripts.
    pub(crate) umask: &'static str,
    _lan: Space,
}

/// How a script ended, and what it said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
}

impl Site {
    pub(crate) fn build(system: System) -> Self {
        let folder = Path::new(FOLDER);
        let small = model::small(system.release);
        println!("what is changed in the model of v15:\n{}", model::scaling(&small));
        let host = small.hosts.values().next().unwrap().clone();

        let mut lan = Space::new("lan").unwrap();
        let machine = Space::machine("omni").unwrap();
        machine.own_root(&system, &folder.join("omni"), &[folder]).unwrap();
        let (interface, cidr, address) = (host.lan.interface.as_str(), host.lan.cidr.net(), host.address);
        let router = cidr.hosts().next().unwrap();
        let prefix = cidr.prefix_len();
        lan.run(&format!(
            "ip link add host type veth peer name {interface} netns {}
             ip addr add {router}/{prefix} dev host && ip link set host up
             ip addr add {}/{prefix} dev host
             ip addr add {}/32 dev lo",
            machine.pid(),
            model::RECEIVER.0,
            model::WATCHDOG,
        ))
        .unwrap();
        machine
            .run(&format!(
                "ip addr add {address}/{prefix} dev {interface}
                 ip link set {interface} up
                 ip route add default via {router}
                 rm -f /etc/resolv.conf
                 echo nameserver {router} >/etc/resolv.conf
                 mkdir -p /nvme
                 mount -t tmpfs -o size=512m,mode=0755 nvme /nvme"
            ))
            .unwrap();
        let own = std::env::current_exe().unwrap();
        let (address, port) = model::RECEIVER;
        for (at, file) in
            [(format!("{address}:{port}"), "alerts"), (format!("{}:443", model::WATCHDOG), "signs-of-life")]
        {
            let mut receiver = lan.command(&own);
            receiver.args(["receive", &at]).arg(folder.join(file));
            lan.attend(&mut receiver).unwrap();
        }

        let mut engine = Engine::new(&folder.join("docker"), crate::CGROUP);
        engine.settings = model::engine_settings();
        let link = format!("ln -s {} /run/docker.sock", engine.socket.display());
        machine.run(&link).unwrap();
        let docker = Docker::start(&machine, engine).unwrap();
        let stand_ins = StandIns::compile(&folder.join("images")).unwrap();
        let site = Self { system, docker, machine, stand_ins, deployed: small, umask: "027", _lan: lan };
        for name in site.deployed.services.keys().filter(|name| name.as_str() != "qdrant") {
            site.import(name.as_str());
        }
        site.install_programs();
        site.emit();
        site
    }

    /// Programs of the host. gVisor is this machine's on both systems: of the newer one in Debian's next release, 20240729, a sandbox
    /// that has no KVM ends with a panic (ptrace) or with the first command that is run in it (systrap). Others stand in for what no
    /// repository here has: gVisor's shim for containerd, which Docker never calls, and a release of gVisor that is new enough, by its
    /// word; and for what cannot run in a namespace: systemd. Files stand for the kernel's settings that belong to no namespace.
    fn install_programs(&self) {
        let copy = Path::new(FOLDER).join("runsc");
        fs::copy("/usr/bin/runsc", &copy).unwrap();
        self.machine.run(&format!("install -m 755 {} /usr/bin/runsc", copy.display())).unwrap();
        self.program("/usr/local/bin/containerd-shim-runsc-v1", "exit 1");
        self.program(
            "/usr/local/bin/runsc",
            r#"[ "$1" != --version ] || { echo "runsc version release-20260817.0"; exit; }
            exec /usr/bin/runsc "$@""#,
        );
        let systemctl = "install -m 755 /dev/stdin /usr/bin/systemctl <<'END'\n";
        self.machine.run(&format!("{systemctl}{}END", omni_testbed::SYSTEMCTL)).unwrap();
        let settings = "for key in vm/swappiness vm/max_map_count kernel/numa_balancing; do
                [ -e /proc/sys/$key ] || continue
                cp --no-preserve=mode /proc/sys/$key /run/${key##*/}
                mount --bind /run/${key##*/} /proc/sys/$key
            done";
        self.machine.run(settings).unwrap();
    }

    /// The client that downloads models, with a model that is all zeros.
    pub(crate) fn install_download_client(&self) {
        self.program(
            "/var/lib/omni/protocol-omni/huggingface/bin/hf",
            r#"if [ "$1" = version ]; then exit; fi
            while [ "$1" != --local-dir ]; do shift; done
            mkdir -p "$2" && [ -e "$2/model.gguf" ] || head -c 4194304 /dev/zero >"$2/model.gguf""#,
        );
        // What the client was installed from, as `models.sh` leaves it.
        let list = Self::out().join("common/hosts/omni/huggingface.txt");
        self.machine.run(&format!("cp {} /var/lib/omni/protocol-omni/huggingface", list.display())).unwrap();
    }

    fn program(&self, path: &str, script: &str) {
        let write = format!(
            "mkdir -p \"$(dirname {path})\" && install -m 755 /dev/stdin {path} <<'END'\n#!/bin/sh\n{script}\nEND"
        );
        self.machine.run(&write).unwrap();
    }

    /// Puts the image of a service into the engine.
    pub(crate) fn import(&self, name: &str) {
        let (name, service) = self.deployed.services.iter().find(|(it, _)| it.as_str() == name).unwrap();
        let real = model::REAL.iter().find(|real| name.as_str() == real.service);
        let image = match real {
            Some(model::Real { service, program, reads, writable }) => {
                self.stand_ins.real(service, Path::new(program), reads, writable)
            }
            None => self.stand_ins.of(name, service, service.load_time.unwrap_or_default()),
        };
        self.docker_import(image.unwrap(), &service.image.reference.to_string());
    }

    fn docker_import(&self, image: omni_testbed::Image, reference: &str) {
        image.import(&self.docker, reference).unwrap();
        fs::remove_dir_all(image.root).unwrap();
    }

    pub(crate) fn out() -> PathBuf {
        Path::new(FOLDER).join("out")
    }

    /// Emits what is to be deployed, over what was emitted before.
    pub(crate) fn emit(&self) {
        // A umask belongs to a process: so one of its own emits.
        let mut emit = Command::new("bash");
        emit.args(["-c", &format!("umask {}; exec \"$@\"", self.umask), "-"])
            .arg(std::env::current_exe().unwrap());
        let mut emit = emit.arg("emit").stdin(Stdio::piped()).spawn().unwrap();
        serde_json::to_writer(emit.stdin.take().unwrap(), &*self.deployed).unwrap();
        assert!(emit.wait().unwrap().success(), "emit");
    }

    /// Emits the deployment that is read.
    pub(crate) fn emit_what_is_read() -> io::Result<()> {
        let deployment = serde_json::from_reader(io::stdin())?;
        let checked = omni::check(deployment, &Default::default()).map_err(io::Error::other)?;
        omni_testbed::write(&checked, &Self::out())
    }

    /// A command that runs a script of the bundle on the machine.
    pub(crate) fn script(&self, script: &str, arguments: &[&str]) -> Command {
        let mut command = self.machine.command("bash");
        command
            .args(["-c", &format!("umask {}; exec \"$@\" 2>&1", self.umask), "-"])
            .arg(Self::out().join(model::OPTION).join(script));
        command.args(arguments);
        command
    }

    pub(crate) fn run(&self, script: &str, arguments: &[&str]) -> Said {
        let output = self.script(script, arguments).output().unwrap();
        Said { code: output.status.code(), text: String::from_utf8_lossy(&output.stdout).into_owned() }
    }

    /// Deploys without a preflight, which would find first what a test puts in the way of a step.
    pub(crate) fn deploy(&self, arguments: &[&str]) -> Said {
        self.run("deploy.sh", &[&["--confirm", "TITANIUM-PRIME-GO", "--skip-preflight"], arguments].concat())
    }

    /// The lines that a script of checks writes about the rest than successes.
    pub(crate) fn judge(&self, script: &str) {
        self.run(script, &["--quiet"]).ends(0);
    }

    /// Waits until every service answers: the model is loading at first.
    pub(crate) fn await_health(&self) {
        let judged = |script: &str, arguments: &[&str]| {
            let Said { code, text } = self.run(script, arguments);
            if code == Some(0) { String::new() } else { text }
        };
        wait_until("health.sh", &String::new(), || judged("verify/health.sh", &["--quiet"]));
        // What answers is a target that is up only after Prometheus has come by.
        let verify = ["--quiet", "--allow-skip", "--step", "monitoring"];
        wait_until("verify.sh", &String::new(), || judged("verify/verify.sh", &verify));
    }

    /// The results of a script of checks.
    pub(crate) fn rows(&self, script: &str) -> Vec<Value> {
        let mut command = self.machine.command("bash");
        let output =
            command.arg(Self::out().join(model::OPTION).join(script)).arg("--json").output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    pub(crate) fn write_secrets(&self) {
        let values = format!(
            "GRAFANA_ADMIN_PASSWORD=secret\nALERT_WEBHOOK_URL=http://{}:{}/\nWATCHDOG_URL=http://{}:443/\nBRAINTRUST_API_KEY=\n",
            model::RECEIVER.0,
            model::RECEIVER.1,
            model::WATCHDOG,
        );
        let write = format!("mkdir -p /etc/omni && install -m 600 /dev/stdin {SECRETS} <<'END'\n{values}END");
        self.machine.run(&write).unwrap();
    }

    /// What Prometheus' API answers, as its `data`.
    pub(crate) fn prometheus(&self, path: &str) -> Value {
        let address = self.deployed.hosts.values().next().unwrap().address;
        let text =
            self.machine.run(&format!("curl -fsS -m 10 'http://{address}:9090/api/v1/{path}'")).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["data"].take()
    }

    pub(crate) fn query(&self, expression: &str) -> Vec<Value> {
        let encoded: String = expression.bytes().map(|byte| format!("%{byte:02x}")).collect();
        self.prometheus(&format!("query?query={encoded}"))["result"].as_array().unwrap().clone()
    }

    /// Each container's id and the time of its start, by name.
    pub(crate) fn containers(&self) -> BTreeMap<String, (String, String)> {
        let format =
            "docker ps -aq | xargs -r docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}}'";
        let lines = self.machine.run(format).unwrap();
        let line = |line: &str| {
            let words: Vec<_> = line.trim_start_matches('/').split(' ').map(str::to_owned).collect();
            (words[0].clone(), (words[1].clone(), words[2].clone()))
        };
        lines.lines().map(line).collect()
    }

    /// What the containers last said that should run and do not.
    pub(crate) fn containers_that_do_not_run(&self) -> String {
        let script = "docker ps --all --format '{{.Names}} {{.Status}}'
            for name in $(docker ps --all --quiet --filter status=created --filter status=restarting --filter status=exited); do
                docker inspect --format '{{.Name}}: {{.State.Error}}' $name
                docker logs --tail 5 $name 2>&1
            done";
        self.machine.run(script).unwrap_or_else(|error| error.to_string())
    }
}

impl Said {
    /// Fails unless the script ended so.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "it said:\n{}", self.text);
        self
    }

    /// Fails unless the script said so.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.text.contains(text), "it does not say `{text}`:\n{}", self.text);
        self
    }
}

/// Waits for a state.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_there() {
        assert!(start.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain for {what}");
        thread::sleep(Duration::from_millis(200));
    }
}

/// Waits until something is as it should be.
#[track_caller]
pub(crate) fn wait_until<T: PartialEq + Debug>(what: &str, wanted: &T, mut now: impl FnMut() -> T) {
    let start = Instant::now();
    loop {
        let seen = now();
        if seen == *wanted {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "after {PATIENCE:?} {what}: {seen:?}, not {wanted:?}");
        thread::sleep(Duration::from_millis(200));
    }
}
