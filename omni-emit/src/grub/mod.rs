//! The kernel's command line: a drop-in for GRUB, which Debian and Ubuntu read from `/etc/default/grub.d`.

use askama::Template;
use omni_model::{Checked, deployment::Kernel, names::HostName};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    step::{Check, Family, Script, Step},
};

/// Where the drop-in goes on the machine.
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
    /// The parameters of the machine that may go.
    drops: &'a [&'a str],
    /// Where the deployment has its parameters.
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

/// Sets the kernel parameters of each host that has some.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    let kernels = checked.hosts.iter().filter_map(|(name, host)| Some((name, host.kernel.as_ref()?)));
    kernels.map(|(host, kernel)| step(checked, host, kernel)).collect()
}

/// The drop-in of a host in the bundle's common part.
fn source(host: &HostName) -> String {
    format!("hosts/{host}{TARGET}")
}

/// Whether the drop-in leaves the machine's own parameters alone; nothing where there is no drop-in.
pub(crate) fn keeps_what_is_there(host: &HostName, kernel: &Kernel) -> Check {
    let drops: Vec<&str> = kernel.drops.iter().map(AsRef::as_ref).collect();
    let (source, key) = (source(host), key(host));
    Check {
        name: "kernel-parameters".to_owned(),
        title: "Kernel parameters of the machine".to_owned(),
        expected: "each is set by the deployment, or may go".to_owned(),
        after: None,
        script: Script::new(&Dropped { source: &source, target: TARGET, drops: &drops, key: &key }),
    }
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
        family: Family::Grub,
        host: host.clone(),
        phase: "1.1",
        name: "kernel",
        title: "Kernel parameters".to_owned(),
        targets: "GRUB, reboot".to_owned(),
        follows: &[],
        reboot: true,
        touches_data: false,
        apply: Script::new(&Apply { source: &path, target: TARGET, drops: &drops, key: &key }),
        artifacts: vec![Artifact::new(path, Script::new(&drop_in).to_string())],
        remember: Script::default(),
        verify: vec![Check {
            name: "grub-params".to_owned(),
            title: "GRUB params".to_owned(),
            expected: format!("each of `{cmdline}` on the running kernel's command line"),
            after: None,
            script: Script::new(&Verify { parameters: &parameters }),
        }],
        rollback: Script::new(&Rollback { target: TARGET }),
    }
}
