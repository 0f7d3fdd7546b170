//! Deployments with their containers: on the machine's own Docker, over a reboot, and undone.

use std::{
    io,
    time::{Duration, Instant},
};

use omni::Checked;

use crate::{
    Site,
    model::{HOME, RECEIVER, Whole},
    state::State,
};

/// How long the containers of a deployment may take to work after a boot, on a busy machine without KVM.
const PATIENCE: Duration = Duration::from_secs(900);

pub(crate) fn v15(site: &mut Site) -> io::Result<()> {
    over_a_reboot(site, &Whole::v15())
}

pub(crate) fn home(site: &mut Site) -> io::Result<()> {
    over_a_reboot(site, &Whole::home())
}

fn over_a_reboot(site: &mut Site, whole: &Whole) -> io::Result<()> {
    let Whole { model, bundle, confirm, .. } = whole;
    let name = model.name.as_str();
    site.put(model, bundle)?;
    site.images(model)?;
    let (receiver, port) = RECEIVER;
    // Whatever it is for, it may be the URL of the receiver.
    let secrets: String =
        model.secrets.keys().map(|secret| format!("{secret}=http://{receiver}:{port}/\n")).collect();
    site.ask(&format!(
        "install -D -m 600 /dev/stdin /etc/omni/{name}.env <<'END'\n{secrets}END
         mkdir -p /mnt/backup
         hf=/var/lib/omni/{name}/huggingface/bin/hf
         install -D -m 755 /dev/stdin $hf <<'END'\n{HF}\nEND
         # What the client was installed from, as `models.sh` leaves it.
         list=$(echo {bundle}/common/hosts/*/huggingface.txt)
         [ ! -e $list ] || cp $list /var/lib/omni/{name}/huggingface"
    ))?;
    let before = State::of(&site.guest)?;
    let settings = "sysctl --values net.ipv4.ip_nonlocal_bind vm.max_map_count vm.swappiness";
    let settings_before = site.ask(settings)?;

    site.program(bundle, &format!("deploy.sh {confirm}"), 0)?;
    let containers = site.ask("docker ps --all --format '{{.Names}}' | sort")?;
    assert!(!containers.is_empty(), "no container is there");
    works(site, bundle, &containers)?;
    if *bundle == HOME {
        regular_backup(site, name)?;
    }
    cut_off(site, bundle, name)?;

    site.guest.reboot()?;
    works(site, bundle, &containers)?;
    let boot = format!("omni-boot-{name}.service");
    let ran =
        site.ask(&format!("systemctl show --property=ExecMainStartTimestampMonotonic --value {boot}"))?;
    assert_ne!(ran, "0", "{boot} has not run");
    site.ask(&format!("[ ! -e /var/lib/omni/{name}/stopped ]"))?;

    site.program(bundle, "rollback.sh", 0)?;
    assert_eq!(site.ask(settings)?, settings_before, "the kernel's settings");
    site.guest.reboot()?;
    // Data and models stay.
    let (data, others): (Vec<_>, Vec<_>) =
        site.differences(&before)?.into_iter().partition(|difference| difference.starts_with("/nvme/"));
    assert!(others.is_empty(), "the machine is not as it was:\n{}", others.join("\n"));
    assert!(data.iter().any(|path| path.starts_with("/nvme/prometheus/wal")), "the data is gone: {data:?}");
    assert_eq!(site.ask("docker ps --all --quiet")?, "", "containers are left");
    assert_eq!(site.ask("systemctl --failed --plain --no-legend")?, "", "units have failed");
    Ok(())
}

/// The client that downloads models, with a model that is all zeros.
const HF: &str = r#"#!/bin/sh
if [ "$1" = version ]; then echo 1.28.0; exit; fi
while [ "$1" != --local-dir ]; do shift; done
mkdir -p "$2" && [ -e "$2/model.gguf" ] || head -c 4194304 /dev/zero >"$2/model.gguf""#;

/// Waits until every container runs, each service answers, and `verify.sh` finds nothing.
fn works(site: &Site, bundle: &str, containers: &str) -> io::Result<()> {
    until(site, "docker ps --format '{{.Names}}' | sort", |said| said.trim_end() == containers)?;
    for script in ["verify/health.sh --quiet", "verify/verify.sh --quiet"] {
        until(site, &format!("{bundle}/compose/{script} && echo all is well"), |said| {
            said.trim_end().ends_with("all is well")
        })?;
    }
    Ok(())
}

/// Asks again and again until the answer is right.
fn until(site: &Site, command: &str, is_right: impl Fn(&str) -> bool) -> io::Result<()> {
    let start = Instant::now();
    loop {
        let said = site.guest.run(command)?.said;
        if is_right(&said) {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            let state = site.guest.run("docker ps --all; systemctl --failed --no-pager; journalctl -b -u 'omni-*' --no-pager | tail -n 20")?;
            return Err(io::Error::other(format!("waited in vain for {command}:\n{said}\n{}", state.said)));
        }
    }
}

/// A backup that loses its power when it has stopped something: the next boot starts that again.
fn cut_off(site: &Site, bundle: &str, name: &str) -> io::Result<()> {
    site.ask(&format!(
        "set -m
         {bundle}/compose/backup.sh /mnt/backup >said 2>&1 &
         until [ -s /var/lib/omni/{name}/stopped ] && [ $(docker ps --quiet | wc -l) -lt $(docker ps --all --quiet | wc -l) ]; do
           kill -0 $! 2>/dev/null || {{ cat said; exit 1; }}
           sleep 0.1
         done
         kill -KILL -- -$!
         wait || true
         rm said
         [ -s /var/lib/omni/{name}/stopped ]"
    ))?;
    Ok(())
}

/// The timer's service makes a backup.
fn regular_backup(site: &Site, name: &str) -> io::Result<()> {
    site.ask(&format!("systemctl start omni-backup-{name}.service"))?;
    let made = site.ask("ls /mnt/backup")?;
    assert_eq!(made.lines().count(), 1, "{made}");
    let next = site.ask(&format!("systemctl list-timers --all --no-legend omni-backup-{name}.timer"))?;
    assert!(next.contains(&format!("omni-backup-{name}.timer")), "{next}");
    Ok(())
}

impl Site {
    /// Puts the images of a deployment into the machine's engine.
    fn images(&self, model: &Checked) -> io::Result<()> {
        let imported = self
            .ask("mkdir -p /images; mountpoint -q /images || mount -o ro LABEL=images /images; ls /images")?;
        for service in model.services.values() {
            let reference = service.image.reference.to_string();
            let file = crate::images::file_name(&reference);
            assert!(imported.lines().any(|line| line == file), "no image {file}: {imported}");
            self.ask(&format!(
                "mapfile -t changes </images/{file}.changes
                 docker image inspect {reference} >/dev/null 2>&1 ||
                     docker import \"${{changes[@]}}\" /images/{file} {reference}"
            ))?;
        }
        self.ask("umount /images; rmdir /images")?;
        Ok(())
    }
}
