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

fn step(checked: &Checked, host: &HostName, kernel: &Kernel) -> Step {
    let parameters: Vec<&str> = kernel.parameters.keys().map(AsRef::as_ref).collect();
    let cmdline = parameters.join(" ");
    let path = format!("hosts/{host}{TARGET}");
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
        apply: Script::new(&Apply { source: &path, target: TARGET }),
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
