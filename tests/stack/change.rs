//! It is deployed again: as it is, after a restart, and changed.

use std::collections::BTreeSet;

use crate::{
    model,
    site::{Site, wait_for},
};

pub(crate) fn deploy_again(site: &mut Site) {
    let containers = site.containers();
    let state = |site: &Site| {
        let state = r"iptables-save | sed 's/ \[[0-9:]*\]$//' | grep -v '^#'
            ufw show added
            find /etc /nvme /var/lib/omni -not -path '/nvme/prometheus*' -printf '%p %U:%G %m %s\n' | sort
            find /etc /var/lib/omni -type f -exec sha256sum {} + | sort";
        site.machine.run(state).unwrap()
    };
    let before = state(site);
    // Somebody else deploys, whose files are for himself alone.
    site.umask = "077";
    site.emit();
    site.deploy(&[]).ends(0);
    assert_eq!(containers, site.containers(), "containers");
    let after = state(site);
    assert!(before == after, "{}", omni_testbed::text_difference(&before, &after));
}

/// The services that keep a text for whoever asks, with the port at which they are asked on the machine.
const KEEPERS: &[(&str, u16)] = &[("qdrant", 6333), ("letta", 8283), ("mem0", 8050), ("memgraph", 7687)];

pub(crate) fn keep(site: &Site) {
    for (name, port) in KEEPERS {
        let put = format!("curl -fsS -m 10 -X PUT --data {name}-kept http://127.0.0.1:{port}/data");
        site.machine.run(&put).unwrap();
    }
}

pub(crate) fn kept(site: &Site) {
    for (name, port) in KEEPERS {
        let get = format!("curl -fsS -m 10 http://127.0.0.1:{port}/data");
        wait_for(&format!("{name} to give back what it keeps"), || {
            site.machine.run(&get).is_ok_and(|text| text == format!("{name}-kept"))
        });
    }
}

pub(crate) fn restart(site: &mut Site) {
    keep(site);
    let begin = site.query("time()")[0].to_string();
    let count = site.containers().len();
    site.docker.restart().unwrap();
    wait_for("all containers to run again", || {
        site.docker.containers().is_ok_and(|running| running.len() == count)
    });
    kept(site);
    wait_for("Prometheus to be ready", || {
        site.machine.run("curl -fsS -m 5 http://192.168.3.10:9090/-/ready").is_ok()
    });
    let old = site.query("count_over_time(up{job=\"qdrant\"}[1h]) > 20");
    assert!(!old.is_empty(), "Prometheus has forgotten what it knew at {begin}");
    site.await_health();
    site.judge("verify/verify.sh");
}

/// The daemon starts before the LAN's address and the disk are there, as on a machine whose network and disk are slow.
pub(crate) fn late(site: &mut Site) {
    keep(site);
    let all: BTreeSet<_> = site.containers().into_keys().collect();
    let running = |site: &Site| site.docker.containers().unwrap().into_keys().collect::<BTreeSet<_>>();
    let host = site.deployed.hosts.values().next().unwrap();
    let (address, lan) = (host.address, host.lan.clone());
    let (interface, prefix) = (&lan.interface, lan.cidr.net().prefix_len());
    let router = lan.cidr.net().hosts().next().unwrap();
    let lose_address = format!("ip addr del {address}/{prefix} dev {interface}");
    let address_comes = format!(
        "ip addr add {address}/{prefix} dev {interface}
         ip route replace default via {router}"
    );

    // As it is deployed, an address that is late keeps nothing from starting.
    site.machine.run(&lose_address).unwrap();
    site.docker.restart().unwrap();
    assert_eq!(running(site), all, "without the address");
    site.machine.run(&address_comes).unwrap();

    // Without the kernel's setting, and without the disk, Docker gives up.
    let bind = "/proc/sys/net/ipv4/ip_nonlocal_bind";
    site.machine.run(&format!("{lose_address}; echo 0 >{bind}; mount -t tmpfs late /nvme")).unwrap();
    site.docker.restart().unwrap();
    let lost: BTreeSet<_> = all.difference(&running(site)).cloned().collect();
    for name in ["prometheus", "qdrant", "grafana"] {
        assert!(lost.contains(name), "Docker starts {name} after all, so that nothing is tried: {lost:?}");
    }
    site.machine.run(&format!("{address_comes}; echo 1 >{bind}; umount /nvme")).unwrap();
    // Somebody has stopped one that runs meanwhile, and it stays as it is.
    let stopped = all.difference(&lost).next().unwrap();
    site.machine.run(&format!("docker stop {stopped}")).unwrap();
    site.machine.run("systemctl start omni-boot-protocol-omni.service").unwrap();
    let up = running(site);
    assert_eq!(all.difference(&up).collect::<Vec<_>>(), [stopped], "down");
    site.machine.run(&format!("docker start {stopped}")).unwrap();
    kept(site);
    site.await_health();
    site.judge("verify/verify.sh");
}

pub(crate) fn backup(site: &mut Site) {
    site.machine.run("mkdir /mnt/backups").unwrap();
    site.run("backup.sh", &["/mnt/backups"]).ends(0);
    for (name, _) in KEEPERS {
        site.machine.run(&format!("rm /nvme/{name}/stand-in")).unwrap();
    }
    let backup = site.machine.run("ls -d /mnt/backups/*").unwrap();
    site.run("restore.sh", &["--force", backup.trim()]).ends(0);
    kept(site);
    site.await_health();
}

pub(crate) fn changed_model(site: &mut Site) {
    let changed =
        |site: &Site, last: &std::collections::BTreeMap<String, (String, String)>| -> BTreeSet<String> {
            let now = site.containers();
            let names = last.keys().chain(now.keys()).cloned().collect::<BTreeSet<_>>();
            names.into_iter().filter(|name| last.get(name) != now.get(name)).collect()
        };
    let small = site.containers();
    let old = std::mem::replace(&mut site.deployed, model::grown(site.system.release));
    site.umask = "002";
    site.emit();
    site.deploy(&[]).ends(0);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(changed(site, &small), names(&["letta", "prometheus", "scratch"]));
    site.machine.run("ufw show added | grep Scratch && iptables -S DOCKER-USER | grep 6400").unwrap();
    site.judge("verify/verify.sh");

    let grown = site.containers();
    site.deployed = old;
    site.umask = "022";
    site.emit();
    site.deploy(&[]).ends(0);
    assert_eq!(changed(site, &grown), names(&["letta", "prometheus", "scratch"]));
    assert!(!site.containers().contains_key("scratch"));
    site.machine.run("! ufw show added | grep Scratch && ! iptables -S DOCKER-USER | grep 6400").unwrap();
    site.judge("verify/verify.sh");
    kept(site);
}
