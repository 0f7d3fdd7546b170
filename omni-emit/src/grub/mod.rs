//! The kernel's command line: a drop-in for GRUB, which Debian and Ubuntu read from `/etc/default/grub.d`.

use askama::Template;
use omni_model::{Checked, deployment::Kernel, names::HostName};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    step::{Check, CheckKind, Script, Step, StepId},
};

/// The step that writes it.
pub(crate) const STEP: StepId = StepId::new("kernel");

/// The check that the running kernel has its parameters.
pub(crate) const PARAMETERS: CheckKind = CheckKind::new("grub-params");

/// The path of the drop-in on the machine.
const TARGET: &str = "/etc/default/grub.d/90-omni.cfg";

#[derive(Template)]
#[template(path = "grub/90-omni.cfg", escape = "none")]
struct DropIn<'a> {
    header: Header<'a>,
    cmdline: &'a str,
}

#[derive(Template)]
#[template(path = "grub/apply.sh")]
struct Apply<'a> {
    source: &'a str,
    target: &'static str,
    /// The parameters of the machine that may be dropped.
    drops: &'a [&'a str],
    /// The deployment's key for the parameters.
    key: &'a str,
}

#[derive(Template)]
#[template(path = "grub/dropped.sh")]
struct Dropped<'a> {
    source: &'a str,
    target: &'static str,
    drops: &'a [&'a str],
    key: &'a str,
}

#[derive(Template)]
#[template(path = "grub/verify.sh")]
struct Verify<'a> {
    parameters: &'a [&'a str],
}

#[derive(Template)]
#[template(path = "grub/rollback.sh")]
struct Rollback {
    target: &'static str,
}

/// Sets the kernel parameters of each host that declares any.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    let kernels = checked.hosts.iter().filter_map(|(name, host)| Some((name, host.kernel.as_ref()?)));
    kernels.map(|(host, kernel)| step(checked, host, kernel)).collect()
}

/// The drop-in of a host in the bundle's common part.
fn source(host: &HostName) -> String {
    format!("hosts/{host}{TARGET}")
}

/// Checks that the drop-in does not lose the machine's own parameters.
pub(crate) fn keeps_what_is_there(host: &HostName, kernel: &Kernel) -> Check {
    let drops: Vec<&str> = kernel.drops.iter().map(AsRef::as_ref).collect();
    let (source, key) = (source(host), key(host));
    Check::new(
        "kernel-parameters",
        "Kernel parameters of the machine",
        "the deployment sets or drops each of them",
        Script::new(&Dropped { source: &source, target: TARGET, drops: &drops, key: &key }),
    )
}

fn key(host: &HostName) -> String {
    format!("hosts.{host}.kernel")
}

fn step(checked: &Checked, host: &HostName, kernel: &Kernel) -> Step {
    let parameters: Vec<&str> = kernel.parameters.keys().map(AsRef::as_ref).collect();
    let cmdline = parameters.join(" ");
    let drops: Vec<&str> = kernel.drops.iter().map(AsRef::as_ref).collect();
    let (path, key) = (source(host), key(host));
    let drop_in = DropIn { header: Header::of(checked), cmdline: &cmdline };
    Step {
        host: host.clone(),
        id: STEP,
        title: "Kernel parameters".to_owned(),
        targets: "GRUB, reboot".to_owned(),
        follows: &[],
        reboot: true,
        touches_data: false,
        apply: Script::new(&Apply { source: &path, target: TARGET, drops: &drops, key: &key }),
        artifacts: vec![Artifact::from_template(path, &drop_in)],
        remember: Script::default(),
        verify: vec![Check::new(
            PARAMETERS,
            "GRUB params",
            format!("the running kernel has `{cmdline}` on its command line"),
            Script::new(&Verify { parameters: &parameters }),
        )],
        rollback: Script::new(&Rollback { target: TARGET }),
    }
}
