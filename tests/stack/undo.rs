//! It is undone.

use crate::{
    change,
    site::{Said, Site},
};

/// Whether nothing is left but data.
fn gone(site: &Site) {
    assert!(site.containers().is_empty(), "{:?}", site.containers().keys());
    let left = "docker network ls --format '{{.Name}}' | grep -vxE 'bridge|host|none' || true
        ip -o link show | grep -o 'omni0' || true
        iptables-save | grep -iE 'omni|172\\.30' || true
        ufw show added | grep omni || true
        grep -l OMNI /etc/ufw/* || true
        ls -A /var/lib/omni || true";
    assert_eq!(site.machine.run(left).unwrap(), "", "this is left");
}

pub(crate) fn half_done(site: &mut Site) {
    site.run("rollback.sh", &[]).ends(0).says("rollback: done");
    gone(site);
}

pub(crate) fn whole(site: &mut Site) {
    let data = |site: &Site| {
        let files = "cd /nvme && find . -type f -not -path './prometheus/*' -exec sha256sum {} + | sort -k2";
        site.machine.run(files).unwrap()
    };
    let before = data(site);
    let said: Said = site.run("rollback.sh", &[]);
    said.ends(0).says("rollback: done");
    gone(site);
    assert_eq!(before, data(site), "the data");
    assert!(before.contains("./qdrant/stand-in"), "{before}");
    site.machine
        .run("LC_ALL=C ufw status | grep -x 'Status: inactive' && test -d /nvme/prometheus/wal")
        .unwrap();
    site.run("rollback.sh", &[]).ends(0).says("nothing is deployed");
    gone(site);

    // What is deployed on the data that is left finds it.
    site.install_download_client();
    site.deploy(&[]).ends(0);
    change::kept(site);
    site.run("rollback.sh", &[]).ends(0);
    gone(site);
}
