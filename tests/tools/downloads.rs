//! What the emitted scripts download. The right thing is installed; one with a changed byte ends the script before anything of it is
//! run or installed.

use std::{fs, process::Command};

use serde_json::json;

use crate::{
    fixtures,
    stage::{Stage, is_root},
    tool,
};

/// What is done before a script runs, in bash. The script must succeed, or fail and say something.
struct Case {
    name: &'static str,
    before: &'static str,
    says: Option<&'static str>,
}

const fn good(name: &'static str, before: &'static str) -> Case {
    Case { name, before, says: None }
}

const fn bad(name: &'static str, before: &'static str, says: &'static str) -> Case {
    Case { name, before, says: Some(says) }
}

/// A script and its machine, in bash: `scene` is what each case begins with, `run` runs the script, and afterwards all is installed
/// (`installed`) or nothing is (`refused`).
struct Play<'a> {
    scene: &'a str,
    run: &'a str,
    installed: &'a str,
    refused: &'a str,
}

/// What every case may use. `flip FILE` changes a byte in the middle of it.
const SCENE: &str = r#"
set -euo pipefail
machine=$PWD/machine
rm -rf "$machine/asked" "$machine/ran"
# A folder of the machine's, empty.
fresh() { rm -rf "$machine/fresh$1"; mkdir -p "$machine/fresh$1" "$1"; mount --bind "$machine/fresh$1" "$1"; }
# The machine's /etc, empty but for what programs need.
etc() {
  mkdir -p "$machine/etc"
  mount --bind /etc "$machine/etc"
  mount -t tmpfs tmpfs /etc
  ln -s "$machine"/etc/{passwd,group,alternatives,ld.so.cache} /etc
}
empty() { [ -z "$(ls -A "$1")" ] || { echo "$1 is not empty: $(ls -A "$1")"; return 1; }; }
flip() {
  local half=$(($(stat -c %s "$1") / 2)) byte
  byte=$(tail -c +"$half" "$1" | head -c 1)
  printf '%s' "$([ "$byte" = A ] && echo B || echo A)" | dd of="$1" bs=1 seek=$((half - 1)) conv=notrunc status=none
}
"#;

impl Play<'_> {
    fn judge(&self, stage: &Stage, cases: &[Case]) {
        let mut wrong = Vec::new();
        for Case { name, before, says } in cases {
            let (ends, after) = if says.is_some() { (1, self.refused) } else { (0, self.installed) };
            let run = stage.bash(&format!(
                "{SCENE}{}\nrun() {{\n{}\n}}\n{before}\nstatus=0\n( run ) || status=$?\n\
                 [ \"$status\" = {ends} ] || {{ echo \"it ended with $status\"; exit 1; }}\n{after}",
                self.scene, self.run
            ));
            if run.status != 0 || says.is_some_and(|says| !run.said.contains(says)) {
                wrong.push(format!("{name}: {}", run.said));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn sha256(text: &str) -> String {
    let said = tool::feed(&mut Command::new("sha256sum"), text).unwrap();
    said.split(' ').next().unwrap().to_owned()
}

/// Gives the machine's file that the URL's last part names, and writes down what it was asked for.
const CURL: &str = r#"
echo "$*" >>"$machine/asked"
while [ "$1" != -o ]; do shift; done
cp "$machine/served/$(basename "$3")" "$2"
"#;

/// The key of a test in the place of gVisor's: its private part is lost, and the script is otherwise as it is emitted.
const TEST_KEY: &str = "90BA02FFC7CD872F5DA3D16331D86651F42A0363";

#[test]
fn gvisor_s_repository_is_trusted_by_its_key_alone() {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let stage = Stage::new("gvisor", |_| Vec::new());
    stage.program("curl", CURL);
    // What it installs stands in the place of Debian's runsc, which is older.
    stage.program(
        "apt-get",
        r#"
        echo "$*" >>"$machine/ran"
        [ "${*: -1}" != runsc ] || echo 'echo release-20260817.0' | install -m 755 /dev/stdin "$machine/../bin/runsc""#,
    );
    stage.program("docker", "echo runsc");
    for name in ["one", "two"] {
        stage.file(
            &format!("keys/{name}"),
            &fs::read_to_string(fixtures("keys").join(format!("{name}.asc"))).unwrap(),
        );
    }
    let script = stage.root.join("out/common/hosts/omni/gvisor.sh");
    let emitted = fs::read_to_string(&script).unwrap();
    assert!(emitted.contains("wanted=6F1DF85E3A71C24918E727D56FC6D554E32BD943\n"), "{emitted}");
    let ours = emitted.replace("6F1DF85E3A71C24918E727D56FC6D554E32BD943", TEST_KEY);
    stage.file("gvisor.sh", &ours);
    let play = Play {
        scene: r#"
            fresh /usr/share/keyrings
            fresh /etc/apt/sources.list.d
            script=$machine/gvisor.sh
            echo 'echo 0.0~20221219.0' | install -m 755 /dev/stdin "$machine/../bin/runsc"
            rm -rf "$machine/served"; mkdir -p "$machine/served"
            cp "$machine/keys/one" "$machine/served/archive.key""#,
        run: "umask 077; bash \"$script\"",
        installed: r#"
            [ "$(stat -c %a /usr/share/keyrings/gvisor-archive-keyring.gpg /etc/apt/sources.list.d/gvisor.list)" = $'644\n644' ]
            gpg --batch --show-keys /usr/share/keyrings/gvisor-archive-keyring.gpg
            grep -x 'deb .*signed-by=/usr/share/keyrings/gvisor-archive-keyring.gpg. https://.*' /etc/apt/sources.list.d/gvisor.list
            grep -x 'install -y -q runsc' "$machine/ran""#,
        refused: r#"
            empty /usr/share/keyrings
            empty /etc/apt/sources.list.d
            ! grep -x 'install -y -q runsc' "$machine/ran""#,
    };
    let cases = [
        good("the key", ""),
        bad("a changed byte", "flip \"$machine/served/archive.key\"", "gvisor: "),
        bad("another key", "cp \"$machine/keys/two\" \"$machine/served/archive.key\"", "it is not used"),
        bad(
            "another key beside it",
            "cat \"$machine/keys/two\" >>\"$machine/served/archive.key\"",
            "it is not used",
        ),
        bad(
            "another key before it",
            "cat \"$machine\"/keys/{two,one} >\"$machine/served/archive.key\"",
            "it is not used",
        ),
        bad("no key", "echo '<html>' >\"$machine/served/archive.key\"", "gvisor: "),
        bad(
            "the script as it is",
            "script=out/common/hosts/omni/gvisor.sh",
            "must contain only the key 6F1DF85E3A71C24918E727D56FC6D554E32BD943",
        ),
    ];
    play.judge(&stage, &cases);
}

/// Writes down that it ran, and makes what the installer makes.
const INSTALLER: &str = r#"#!/bin/sh
echo "$INSTALL_K3S_SKIP_DOWNLOAD $INSTALL_K3S_SKIP_START $*" >>"$MACHINE/ran"
[ ! -e "$MACHINE/breaks" ] || exit 1
printf '#!/bin/sh\n' >/usr/local/bin/k3s-uninstall.sh
chmod 755 /usr/local/bin/k3s-uninstall.sh
"#;

/// k3s, as far as its installation asks it.
fn k3s(release: &str) -> String {
    format!("#!/bin/sh\n[ \"$1\" != --version ] || echo 'k3s version {release} (0123abcd)'\n")
}

#[test]
fn k3s_is_what_its_checksums_say() {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let [pinned, unknown] = ["v1.36.1+k3s1", "v1.33.5+k3s1"];
    let sums = |release: &str| json!({"installer": sha256(INSTALLER), "amd64": sha256(&k3s(release)), "arm64": sha256("another")});
    let stage = |name: &str, release: &str, sums: Option<serde_json::Value>| {
        let sums = sums.map(|sums| format!(r#","k3s_sha256":{sums}"#)).unwrap_or_default();
        let cluster = format!(r#""k3s":"{release}"{sums}"#);
        let stage = Stage::new(name, |_| vec![(r#""k3s":"v1.36.1+k3s1""#, cluster.clone())]);
        stage.program("curl", CURL);
        stage.program("uname", "echo x86_64");
        stage.program("systemctl", r#"echo "systemctl $*" >>"$machine/ran""#);
        stage.program("nvidia-ctk", "echo 'NVIDIA Container Toolkit CLI version 1.20.0'");
        for there in ["nvidia-smi", "nvidia-container-runtime", "containerd-shim-runsc-v1"] {
            stage.program(there, ":");
        }
        stage.file("given/install.sh", INSTALLER);
        stage.file("given/k3s", &k3s(release));
        stage.file(
            "given/sha256sum-amd64.txt",
            &format!("{}  k3s\n{}  k3s-airgap-images-amd64.tar\n", sha256(&k3s(release)), sha256("")),
        );
        stage.file("older", &k3s("v1.32.4+k3s1"));
        stage.file("release", release);
        stage
    };
    let play = Play {
        scene: r#"
            export MACHINE=$machine PATH=$PATH:/usr/local/bin
            fresh /usr/local/bin
            etc
            mkdir -p /var/lib/rancher/k3s/agent/etc/containerd
            printf 'runtimes.%s\n' gvisor nvidia >/var/lib/rancher/k3s/agent/etc/containerd/config.toml
            rm -rf "$machine/served" "$machine/breaks"
            cp -r "$machine/given" "$machine/served""#,
        run: "bash out/k3s/k3s/install.sh",
        installed: r#"
            [ "$(k3s --version)" = "k3s version $(cat "$machine/release") (0123abcd)" ]
            [ "$(stat -c '%a %U' /usr/local/bin/k3s)" = '755 root' ]
            [ -x /usr/local/bin/k3s-uninstall.sh ] && [ ! -e /usr/local/bin/k3s.new ]
            [ "$(tail -n 1 "$machine/ran")" = 'systemctl restart k3s' ]
            # A second run asks for nothing and restarts nothing.
            asked=$(cat "$machine/asked") ran=$(grep -c restart "$machine/ran")
            run
            [ "$(cat "$machine/asked")" = "$asked" ] && [ "$(grep -c restart "$machine/ran")" = "$ran" ]"#,
        refused: r#"
            [ ! -e "$machine/ran" ] || { cat "$machine/ran"; exit 1; }
            [ ! -e /etc/rancher ]
            empty /usr/local/bin"#,
    };
    let program = bad("a changed byte of the program", "flip \"$machine/served/k3s\"", "k3s of k3s v1.3");
    let never = bad("no program", "rm \"$machine/served/k3s\"", "cannot download");
    let upgrade = r#"
        install -m 755 "$machine/older" /usr/local/bin/k3s
        install -m 755 /dev/null /usr/local/bin/k3s-uninstall.sh
        install -D out/k3s/k3s/config.yaml /etc/rancher/k3s/config.yaml
        export OMNI_UPGRADE_K3S=yes"#;
    let interrupted = r#"
        touch "$machine/breaks"
        ( run ) && exit 1
        rm "$machine/breaks""#;
    let cases = [
        good("what is pinned", ""),
        good("a release after another", upgrade),
        good("after a broken installation", interrupted),
        program,
        never,
        bad(
            "a changed byte of the installer",
            "flip \"$machine/served/install.sh\"",
            "install.sh of k3s v1.36.1+k3s1 has the SHA-256",
        ),
    ];
    play.judge(&stage("k3s-pinned", pinned, Some(sums(pinned))), &cases);
    let seen = sha256(INSTALLER);
    let unpinned = stage("k3s-unpinned", unknown, None);
    let said = unpinned.bash(&format!("{SCENE}{}\n{}", play.scene, play.run)).said;
    assert!(said.contains(&format!("installer: {seen}")), "{said}");
    assert!(said.contains(&format!("amd64: {}", sha256(&k3s(unknown)))), "{said}");
    let cases = [
        good("what the release publishes", ""),
        bad("a changed byte of the program", "flip \"$machine/served/k3s\"", "but its release publishes"),
        bad(
            "no published checksum",
            "echo >\"$machine/served/sha256sum-amd64.txt\"",
            "has no checksum of k3s",
        ),
    ];
    play.judge(&unpinned, &cases);
}

#[test]
fn the_hub_s_client_and_the_models_are_what_their_checksums_say() {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let model = "a model\n";
    let sums = json!({"a/model.gguf": sha256(model)});
    let stage = Stage::new("hub", |root| {
        vec![
            ("/nvme", root.join("nvme").display().to_string()),
            (r#""size":"281 GiB""#, format!(r#""size":"8 B","sha256":{sums},"token":"HUB_TOKEN""#)),
            (
                r#""ALERT_WEBHOOK_URL":{"description""#,
                r#""HUB_TOKEN":{"description":"for the hub"},"ALERT_WEBHOOK_URL":{"description""#.to_owned(),
            ),
        ]
    });
    // The hub's client itself is real; who it is run by is not.
    stage.program(
        "runuser",
        r#"
        echo "$HF_TOKEN $*" >>"$machine/ran"
        "$4" version >/dev/null
        while [ "$1" != --local-dir ]; do shift; done
        mkdir -p "$2/a" && [ -e "$2/a/model.gguf" ] || cp "$machine/model" "$2/a/model.gguf""#,
    );
    stage.file("model", model);
    let lock = stage.root.join("out/common/hosts/omni/huggingface.txt");
    let wheels = stage.root.join("wheels");
    let mut pip = Command::new("/usr/bin/python3");
    pip.args(["-m", "venv", "--clear"]).arg(stage.root.join("pip"));
    tool::run(&mut pip).unwrap();
    let mut download = Command::new(stage.root.join("pip/bin/pip"));
    download
        .args(["download", "--quiet", "--require-hashes", "--only-binary", ":all:", "--dest"])
        .arg(&wheels);
    tool::run(download.arg("--requirement").arg(&lock)).unwrap();
    let play = Play {
        scene: r#"
            rm -rf nvme served && mkdir -p nvme/models
            cp -rl wheels served
            etc
            mkdir /etc/omni
            echo HUB_TOKEN=hf_0123 >/etc/omni/protocol-omni.env
            venv=/var/lib/omni/protocol-omni/huggingface
            export PIP_NO_INDEX=1 PIP_FIND_LINKS=$PWD/served PIP_DISABLE_PIP_VERSION_CHECK=1"#,
        run: "bash out/common/hosts/omni/models.sh",
        installed: r#"
            "$venv/bin/hf" version | grep -F 1.28.0
            grep '^hf_0123 .* download ' "$machine/ran"
            # What was installed and compared is not installed and compared again.
            rm -r served
            ! run 2>&1 | grep -E 'pip|comparing'"#,
        refused: r#"[ ! -e "$machine/ran" ] && [ ! -e "$venv/bin/hf" ] && ! ls "$venv"/lib/python*/site-packages/huggingface_hub"#,
    };
    let cases = [
        good("the packages of the list", ""),
        bad(
            "a changed byte of a package",
            "wheel=$(ls served/httpx-*); cp \"$wheel\" w && mv w \"$wheel\"; flip \"$wheel\"",
            "THESE PACKAGES DO NOT MATCH THE HASHES",
        ),
        bad("a package that is gone", "rm served/click-*", "nothing of it was run"),
    ];
    play.judge(&stage, &cases);
    let changed = Play {
        refused: r#"
            grep -F 'have the wrong SHA-256: delete them' "$machine/said"
            # The right one is taken, and only that.
            mv "$machine/kept" "$machine/model"
            rm nvme/models/*/a/model.gguf
            run
            ! grep FAILED "$machine/said""#,
        run: "bash out/common/hosts/omni/models.sh 2>&1 | tee \"$machine/said\"",
        ..play
    };
    let cases = [bad(
        "a changed byte of a model",
        "cp \"$machine/model\" \"$machine/kept\"; flip \"$machine/model\"",
        "a/model.gguf: FAILED",
    )];
    changed.judge(&stage, &cases);
}
