//! gVisor, on each host that runs a sandboxed service in some option.

use askama::Template;
use omni_model::{
    Checked,
    catalog::downloads::{GVISOR_KEY, GVISOR_RELEASE},
    names::HostName,
};

use crate::{
    artifact::Artifact,
    grub,
    header::Header,
    step::{Check, Script, Step, StepId},
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("gvisor");

#[derive(Template)]
#[template(path = "gvisor/gvisor.sh")]
struct Install<'a> {
    header: Header<'a>,
    release: &'static str,
    /// The fingerprint of the key that signs it.
    key: &'static str,
}

#[derive(Template)]
#[template(path = "gvisor/verify.sh")]
struct Verify {
    release: &'static str,
}

#[derive(Template)]
#[template(path = "gvisor/apply.sh")]
struct Apply<'a> {
    script: &'a str,
}

/// Installs gVisor on each host that needs it.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    let scenarios = checked.facts();
    let sandboxes = |host: &HostName| {
        scenarios.iter().any(|facts| facts.on(host).iter().any(|(_, service)| facts.is_sandboxed(service)))
    };
    checked.hosts.keys().filter(|host| sandboxes(host)).map(|host| step(checked, host)).collect()
}

fn step(checked: &Checked, host: &HostName) -> Step {
    let script = format!("hosts/{host}/gvisor.sh");
    let install = Install { header: Header::of(checked), release: GVISOR_RELEASE, key: GVISOR_KEY };
    Step {
        host: host.clone(),
        id: STEP,
        title: "gVisor".to_owned(),
        targets: format!(
            "The package runsc, release {GVISOR_RELEASE} or newer, and Docker's runtime runsc where there is Docker"
        ),
        follows: &[grub::STEP],
        reboot: false,
        touches_data: false,
        apply: Script::new(&Apply { script: &script }),
        artifacts: vec![Artifact::program(script, &install)],
        remember: Script::fixed(include_str!("remember.sh")),
        verify: vec![Check::new(
            "gvisor",
            "gVisor installed",
            format!("runsc release {GVISOR_RELEASE} or newer, and its shim for containerd"),
            Script::new(&Verify { release: GVISOR_RELEASE }),
        )],
        rollback: Script::fixed(include_str!("rollback.sh")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, run, small};

    #[test]
    fn only_a_host_with_a_sandboxed_service_gets_it() {
        assert_eq!(steps(&small()).len(), 1);
        let mut open = document();
        open["zones"]["hands"]["sandbox"] = json!("none");
        assert_eq!(steps(&checked(open)), []);
    }

    #[test]
    fn what_was_there_before_stays() {
        let rollback = &steps(&small())[0].rollback;
        let stubs =
            "dpkg() { return 0; }; apt-get() { echo \"apt-get $*\"; }; rm() { :; }; command() { return 1; }";
        assert_eq!(run(rollback, &format!("state=/nonexistent; {stubs}")), Ok(String::new()));
        let gone = run(rollback, &format!("state=/nonexistent; [() {{ return 0; }}; {stubs}")).unwrap();
        assert!(gone.contains("apt-get purge -y -q runsc"), "{gone}");
    }
}
