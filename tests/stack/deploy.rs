//! It comes up: with what is in its way at first, and then whole.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::site::{SECRETS, Site};

pub(crate) fn preflight(site: &mut Site) {
    site.judge("verify/preflight.sh");
}

pub(crate) fn waits_for_its_word(site: &mut Site) {
    site.run("deploy.sh", &[]).ends(1).says("waits for a word");
    site.machine.run("! ls /var/lib/omni/protocol-omni").unwrap();
}

pub(crate) fn file_for_folder(site: &mut Site) {
    site.machine.run("touch /nvme/qdrant").unwrap();
    site.deploy(&[])
        .ends(1)
        .says("/nvme/qdrant is there and is no directory")
        .says("step storage failed: mend it, then go on with --from storage");
    site.machine.run("test -f /nvme/qdrant && rm /nvme/qdrant").unwrap();
}

pub(crate) fn no_secrets(site: &mut Site) {
    site.install_download_client();
    site.deploy(&["--from", "storage"])
        .ends(1)
        .says(&format!("{SECRETS} is missing"))
        .says("step secrets failed: mend it, then go on with --from secrets");
    site.write_secrets();
}

pub(crate) fn no_image(site: &mut Site) {
    site.deploy(&["--from", "secrets"])
        .ends(1)
        .says("the image omni/stand-in-qdrant:1 is not on this host")
        .says("step compose failed: mend it, then go on with --from compose");
    assert!(site.containers().is_empty(), "containers were started");
    site.import("qdrant");
}

pub(crate) fn port_taken(site: &mut Site) {
    let mut other = site.machine.command("busybox").args(["nc", "-l", "-p", "6333"]).spawn().unwrap();
    crate::site::wait_for("the other process's port", || {
        site.machine.run("ss -ltnH sport = :6333 | grep .").is_ok()
    });
    let said = site.deploy(&["--from", "compose"]);
    other.kill().unwrap();
    other.wait().unwrap();
    said.ends(1).says("127.0.0.1:6333").says("step compose failed");
}

/// Killed with everything that it has started, as when the connection to the machine is lost.
pub(crate) fn killed(site: &mut Site) {
    site.install_download_client();
    let mut deploy = site.script("deploy.sh", &["--confirm", "TITANIUM-PRIME-GO"]);
    let mut deploy = deploy.stdout(Stdio::piped()).process_group(0).spawn().unwrap();
    let mut lines = BufReader::new(deploy.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("Container letta  Start")), "no container is started");
    Command::new("kill").args(["-KILL", "--", &format!("-{}", deploy.id())]).status().unwrap();
    deploy.wait().unwrap();
    drop(lines);
    site.deploy(&["--from", "compose"]).ends(0).says("done: verify/verify.sh judges it");
}

pub(crate) fn judged(site: &mut Site) {
    site.await_health();
    for script in ["verify/preflight.sh", "verify/verify.sh"] {
        site.judge(script);
    }
    let rows = site.run("verify/verify.sh", &["--json"]).ends(0).text;
    let rows: Vec<Value> = serde_json::from_str(&rows).unwrap_or_else(|error| panic!("{error}: {rows}"));
    assert!(rows.len() > 20 && rows.iter().all(|row| row["result"] == "PASS"), "{rows:#?}");
}

pub(crate) fn sandboxed(site: &mut Site) {
    let own = site.machine.run("cat /proc/version").unwrap();
    let zone_b = site.deployed.services.iter().filter(|(_, service)| service.zone.as_str() == "hands");
    let mut count = 0;
    for (name, _) in zone_b {
        let seen = site.machine.run(&format!("docker exec {name} cat /proc/version")).unwrap();
        assert!(seen != own && seen.contains("Sun Jan 10 15:06:54 PST 2016"), "{name} sees {seen}");
        count += 1;
    }
    assert_eq!(count, 3, "services in zone B");
}
