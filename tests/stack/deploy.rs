//! It comes up: with what is in its way at first, and then whole.

use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
};

use crate::site::{SECRETS, Site};

/// Its preflight stops `deploy.sh`.
fn refused(site: &Site, arguments: &[&str], why: &str) {
    site.run("deploy.sh", &[&["--confirm", "TITANIUM-PRIME-GO"], arguments].concat())
        .ends(1)
        .says(why)
        .says("deploy: the preflight failed and nothing was changed");
    assert!(site.containers().keys().all(|name| name == "letta"), "containers were started");
}

pub(crate) fn preflight(site: &mut Site) {
    refused(site, &[], &format!("FAIL  Secrets filled in: {SECRETS} is missing"));
    site.machine.run("! ls /var/lib/omni").unwrap();
    site.write_secrets();
    site.install_download_client();
    site.judge("verify/preflight.sh");
    site.machine.run(&format!("rm -r {SECRETS} /var/lib/omni")).unwrap();
}

pub(crate) fn waits_for_its_word(site: &mut Site) {
    site.run("deploy.sh", &[]).ends(1).says("must be confirmed");
    site.machine.run("! ls /var/lib/omni/protocol-omni").unwrap();
}

pub(crate) fn file_for_folder(site: &mut Site) {
    site.machine.run("touch /nvme/qdrant").unwrap();
    site.deploy(&[])
        .ends(1)
        .says("/nvme/qdrant exists and is not a directory")
        .says("step storage failed: fix the cause, then continue with --from storage");
    site.machine.run("test -f /nvme/qdrant && rm /nvme/qdrant").unwrap();
}

pub(crate) fn no_secrets(site: &mut Site) {
    site.install_download_client();
    site.deploy(&["--from", "storage"])
        .ends(1)
        .says(&format!("{SECRETS} is missing"))
        .says("step secrets failed: fix the cause, then continue with --from secrets");
    site.write_secrets();
}

pub(crate) fn no_image(site: &mut Site) {
    site.deploy(&["--from", "secrets"])
        .ends(1)
        .says("the image omni/stand-in-qdrant:1 is not on this host")
        .says("step compose failed: fix the cause, then continue with --from compose");
    assert!(site.containers().is_empty(), "containers were started");
    site.import("qdrant");
}

pub(crate) fn port_taken(site: &mut Site) {
    let mut other = site.machine.command("busybox").args(["nc", "-l", "-p", "6333"]).spawn().unwrap();
    crate::site::wait_for("the other process's port", || {
        site.machine.run("ss -ltnH sport = :6333 | grep .").is_ok()
    });
    refused(site, &["--from", "compose"], "FAIL  Ports free: taken: 6333/tcp by busybox (process ");
    let said = site.deploy(&["--from", "compose"]);
    other.kill().unwrap();
    other.wait().unwrap();
    said.ends(1).says("127.0.0.1:6333").says("step compose failed");
}

pub(crate) fn name_taken(site: &mut Site) {
    site.machine.run("docker create --name letta omni/stand-in-letta:1").unwrap();
    refused(site, &["--from", "compose"], "other containers have these names: letta; ");
    site.machine.run("docker rm letta").unwrap();
}

pub(crate) fn unreadable(site: &mut Site) {
    let file = Site::out().join("compose/monitoring/prometheus.yml");
    let file = file.display();
    site.machine.run(&format!("chmod 640 {file}")).unwrap();
    let why =
        format!("containers cannot read the files that they mount: prometheus (user 65534:65534): {file}; ");
    refused(site, &["--from", "compose"], &why);
    site.deploy(&["--from", "compose"]).ends(1).says(&why).says("step compose failed");
    assert!(site.containers().is_empty(), "containers were started");
    site.machine.run(&format!("chmod 644 {file}")).unwrap();
}

/// Killed with everything that it has started, as when the connection to the machine is lost.
pub(crate) fn killed(site: &mut Site) {
    site.install_download_client();
    // With the preflight: the containers that run already are this deployment's own.
    let mut deploy = site.script("deploy.sh", &["--confirm", "TITANIUM-PRIME-GO"]);
    let mut deploy = deploy.stdout(Stdio::piped()).process_group(0).spawn().unwrap();
    let mut lines = BufReader::new(deploy.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("Container letta  Start")), "no container is started");
    Command::new("kill").args(["-KILL", "--", &format!("-{}", deploy.id())]).status().unwrap();
    deploy.wait().unwrap();
    drop(lines);
    site.run("deploy.sh", &["--confirm", "TITANIUM-PRIME-GO", "--from", "compose"])
        .ends(0)
        .says("done: run verify/verify.sh for the full verification");
}

pub(crate) fn judged(site: &mut Site) {
    site.await_health();
    for script in ["verify/preflight.sh", "verify/verify.sh"] {
        site.judge(script);
    }
    let rows = site.rows("verify/verify.sh");
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
