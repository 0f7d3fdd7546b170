//! Keeps systemd from taking GPUs away from running containers.
//!
//! If systemd manages the control groups of containers, `systemctl daemon-reload` resets the devices that each may open to those that the
//! engine has asked for, without those that NVIDIA's hook has added. NVIDIA recommends Docker's other cgroup driver:
//! <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html#containers-losing-access-to-gpus-with-error-failed-to-initialize-nvml-unknown-error>.
//! For pods, newer releases of the toolkit tell the engine which devices they add; the step of k3s requires such a release.

mod watch;

use askama::Template;
use omni_model::{
    Facts,
    catalog::nvidia,
    deployment::{Host, Service},
    names::HostName,
};

use crate::{
    container, gvisor,
    step::{Check, Script, Step, StepId},
};

pub(crate) use watch::{STEP as WATCH, provision};

/// The step.
pub(crate) const STEP: StepId = StepId::new("gpus");

/// The daemon's configuration file: <https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file>.
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

/// The steps of each host whose containers or services use GPUs.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let hosts = facts.deployment().hosts.iter();
    let steps = hosts.map(|(name, host)| {
        let docker = takes_gpus(facts, name, host).then(|| step(name));
        docker.into_iter().chain(watch::step(facts, name))
    });
    steps.flatten().collect()
}

fn takes_gpus(facts: &Facts<'_>, name: &HostName, host: &Host) -> bool {
    // Monitoring loses its access to the GPU as well.
    let takes = |(_, service): &(_, &Service)| !service.vram.is_empty();
    !host.gpus.is_empty() && container::on_compose(facts, name).iter().any(takes)
}

fn step(host: &HostName) -> Step {
    let (daemon, option, driver) = (DAEMON, nvidia::EXEC_OPTION, nvidia::CGROUP_DRIVER);
    Step {
        host: host.clone(),
        id: STEP,
        title: "Containers keep their GPUs".to_owned(),
        targets: format!("`{option}` in {daemon}; restarts Docker if that is a change"),
        // Both write to the same file.
        follows: &[gvisor::STEP],
        reboot: false,
        touches_data: false,
        artifacts: Vec::new(),
        remember: Script::new(&Remember { daemon }),
        apply: Script::new(&Apply { daemon, option, driver }),
        verify: vec![Check::new(
            "docker-cgroups",
            "Containers keep their GPUs",
            format!("Docker's cgroup driver is {driver}"),
            Script::new(&Verify { driver }),
        )],
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
        // On Kubernetes, the services with GPUs are pods.
        let steps_in = |option| steps(&facts(&checked_small, option)).len();
        assert_eq!((steps_in("compose"), steps_in("k3s")), (1, 0));
        let mut without = document();
        for service in ["llm", "spare"] {
            without["services"][service]["vram"] = json!({});
        }
        assert_eq!(steps(&facts(&checked(without), "compose")), []);
    }
}
