//! Containers keep their GPUs when systemd reads its units anew.
//!
//! Where systemd manages the control groups of containers, `systemctl daemon-reload` sets the devices that each may open as the engine
//! has asked for them, and those that NVIDIA's hook added are gone. NVIDIA's remedy for Docker is its other cgroup driver:
//! <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html#containers-losing-access-to-gpus-with-error-failed-to-initialize-nvml-unknown-error>.
//! In pods it is a release of the toolkit that tells the engine which devices it adds; k3s' step asks for one.

mod watch;

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Host, Service},
    names::HostName,
    registry::nvidia,
};

use crate::{
    compose,
    step::{Check, Family, Script, Step},
};

pub(crate) use watch::provision;

/// What the daemon reads: <https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file>.
const DAEMON: &str = "/etc/docker/daemon.json";

#[derive(Template)]
#[template(path = "gpus/apply.sh")]
struct Apply {
    daemon: &'static str,
    option: &'static str,
    driver: &'static str,
}

#[derive(Template)]
#[template(path = "gpus/remember.sh")]
struct Remember {
    daemon: &'static str,
}

#[derive(Template)]
#[template(path = "gpus/verify.sh")]
struct Verify {
    driver: &'static str,
}

#[derive(Template)]
#[template(path = "gpus/rollback.sh")]
struct Rollback {
    daemon: &'static str,
    option: &'static str,
}

/// The steps of each host whose containers take GPUs, or whose services do.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let hosts = facts.deployment().hosts.iter();
    let steps = hosts.map(|(name, host)| {
        let docker = takes_gpus(facts, name, host).then(|| step(name));
        docker.into_iter().chain(watch::step(facts, name))
    });
    steps.flatten().collect()
}

fn takes_gpus(facts: &Facts<'_>, name: &HostName, host: &Host) -> bool {
    // Who only looks at a GPU loses it as well.
    let takes = |(_, service): &(_, &Service)| !service.vram.is_empty();
    !host.gpus.is_empty() && compose::services(facts, name).iter().any(takes)
}

fn step(host: &HostName) -> Step {
    let (daemon, option, driver) = (DAEMON, nvidia::EXEC_OPTION, nvidia::CGROUP_DRIVER);
    Step {
        family: Family::Gpus,
        host: host.clone(),
        phase: "2.0",
        name: "gpus",
        title: "GPUs stay with their containers".to_owned(),
        targets: format!("`{option}` in {daemon}; Docker starts anew if that is new to it"),
        // Both write to the same file.
        follows: &["gvisor"],
        reboot: false,
        touches_data: false,
        artifacts: Vec::new(),
        remember: Script::new(&Remember { daemon }),
        apply: Script::new(&Apply { daemon, option, driver }),
        verify: vec![Check {
            name: "docker-cgroups".to_owned(),
            title: "GPUs stay with their containers".to_owned(),
            expected: format!("Docker's cgroup driver is {driver}"),
            after: None,
            script: Script::new(&Verify { driver }),
        }],
        rollback: Script::new(&Rollback { daemon, option }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, facts, small};

    #[test]
    fn only_a_host_whose_containers_take_gpus_has_it() {
        let checked_small = small();
        // On Kubernetes, those that take GPUs are pods.
        let steps_in = |option| steps(&facts(&checked_small, option)).len();
        assert_eq!((steps_in("compose"), steps_in("k3s")), (1, 0));
        let mut without = document();
        for service in ["llm", "spare"] {
            without["services"][service]["vram"] = json!({});
        }
        assert_eq!(steps(&facts(&checked(without), "compose")), []);
    }
}
