//! Holds back Docker, the NVIDIA driver and its container toolkit from unattended upgrades.
//!
//! unattended-upgrades reads `Unattended-Upgrade::Package-Blacklist` from apt's configuration and matches each entry with Python's
//! `re.match` (`is_pkgname_in_blacklist` in <https://github.com/mvo5/unattended-upgrades>). needrestart restarts services after
//! upgrades, unless `override_rc` says 0 (`/etc/needrestart/needrestart.conf`; Debian's has `docker` there, and neither containerd
//! nor k3s).

use askama::Template;
use omni_model::{
    Checked,
    deployment::{Host, Upgrades},
    names::HostName,
};

use crate::{
    artifact::Artifact,
    grub,
    header::Header,
    step::{Check, Script, Step, StepId},
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("upgrades");

const APT: &str = "/etc/apt/apt.conf.d/90omni";
const NEEDRESTART: &str = "/etc/needrestart/conf.d/90-omni.conf";

/// Packages whose upgrade stops containers.
const DOCKER: [&str; 3] = ["docker", "containerd", "runc$"];

/// Packages whose upgrade replaces the libraries that must match the loaded kernel module. The modules that Ubuntu builds for each kernel
/// (`linux-modules-nvidia-…`) are not among them: without these, a new kernel would start without a driver.
const DRIVER: [&str; 4] =
    ["(?!linux-).*nvidia", "cuda-drivers", "libcuda(debugger)?1$", "libnv(cuvid|optix)1$"];

#[derive(Template)]
#[template(path = "upgrades/apt.conf", escape = "none")]
struct Apt<'a> {
    header: &'a str,
    patterns: &'a [&'static str],
}

#[derive(Template)]
#[template(path = "upgrades/needrestart.conf", escape = "none")]
struct Needrestart<'a> {
    header: &'a str,
    services: &'a [&'static str],
}

#[derive(Template)]
#[template(path = "upgrades/remember.sh")]
struct Remember {
    apt: &'static str,
    needrestart: &'static str,
}

#[derive(Template)]
#[template(path = "upgrades/apply.sh")]
struct Apply<'a> {
    folder: &'a str,
    apt: &'static str,
    needrestart: &'static str,
}

#[derive(Template)]
#[template(path = "upgrades/verify.sh")]
struct Verify<'a> {
    folder: &'a str,
    apt: &'static str,
    needrestart: &'static str,
    patterns: &'a [&'static str],
}

#[derive(Template)]
#[template(path = "upgrades/rollback.sh")]
struct Rollback {
    apt: &'static str,
    needrestart: &'static str,
}

/// Holds the packages back on each host, unless the deployment leaves them to the system.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    if checked.operations.upgrades != Upgrades::Held {
        return Vec::new();
    }
    checked.hosts.iter().map(|(name, host)| step(checked, name, host)).collect()
}

fn step(checked: &Checked, name: &HostName, host: &Host) -> Step {
    let header = Header::of(checked).text();
    let driver: &[&str] = if host.gpus.is_empty() { &[] } else { &DRIVER };
    let patterns = [&DOCKER, driver].concat();
    let runs_k3s = checked.cluster.as_ref().is_some_and(|cluster| cluster.host == *name);
    let services: &[&str] =
        if runs_k3s { &["docker", "containerd", "k3s"] } else { &["docker", "containerd"] };
    let folder = format!("hosts/{name}");
    let (apt, needrestart) = (APT, NEEDRESTART);
    let what = if host.gpus.is_empty() { "Docker" } else { "Docker and the NVIDIA driver" };
    Step {
        host: name.clone(),
        id: STEP,
        title: format!("{what} held back from unattended upgrades"),
        targets: format!("{apt}, {needrestart}"),
        follows: &[grub::STEP],
        reboot: false,
        touches_data: false,
        artifacts: vec![
            Artifact::from_template(format!("{folder}{apt}"), &Apt { header: &header, patterns: &patterns }),
            Artifact::from_template(
                format!("{folder}{needrestart}"),
                &Needrestart { header: &header, services },
            ),
        ],
        remember: Script::new(&Remember { apt, needrestart }),
        apply: Script::new(&Apply { folder: &folder, apt, needrestart }),
        verify: vec![Check::new(
            "held-back",
            "Held back from unattended upgrades",
            format!("apt holds back {what}, and needrestart does not restart them"),
            Script::new(&Verify { folder: &folder, apt, needrestart, patterns: &patterns }),
        )],
        rollback: Script::new(&Rollback { apt, needrestart }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, small};

    #[test]
    fn who_leaves_it_to_the_system_has_no_such_step() {
        assert_eq!(steps(&small()).len(), 1);
        let mut unattended = document();
        unattended["operations"]["upgrades"] = json!("unattended");
        assert_eq!(steps(&checked(unattended)), []);
    }

    #[test]
    fn a_host_without_gpus_has_no_driver_to_hold_back() {
        let apt = |document| steps(&checked(document)).remove(0).artifacts.remove(0).file.contents;
        assert!(apt(document()).contains("nvidia"));
        let mut plain = document();
        plain["hosts"]["box"]["gpus"] = json!({});
        plain["services"]["llm"]["vram"] = json!({});
        assert!(!apt(plain).contains("nvidia"));
    }
}
