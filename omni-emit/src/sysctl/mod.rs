//! Kernel settings: a file that is read at boot, and the same values set at once.

use std::collections::BTreeMap;

use askama::Template;
use omni_model::{
    Checked, Facts,
    catalog::sysctls::{self, Sysctl},
    deployment::Host,
    names::HostName,
};

use crate::{
    artifact::Artifact,
    grub,
    header::Header,
    step::{Check, Script, Step, StepId},
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("sysctl");

/// The file's path on the machine: <https://www.freedesktop.org/software/systemd/man/latest/sysctl.d.html>.
const TARGET: &str = "/etc/sysctl.d/90-omni.conf";

#[derive(Template)]
#[template(path = "sysctl/90-omni.conf", escape = "none")]
struct DropIn<'a> {
    header: Header<'a>,
    settings: &'a [&'static Sysctl],
}

#[derive(Template)]
#[template(path = "sysctl/apply.sh")]
struct Apply<'a> {
    source: &'a str,
    target: &'static str,
    settings: &'a [&'static Sysctl],
}

#[derive(Template)]
#[template(path = "sysctl/verify.sh")]
struct Verify<'a> {
    target: &'static str,
    settings: &'a [&'static Sysctl],
}

#[derive(Template)]
#[template(path = "sysctl/rollback.sh")]
struct Rollback {
    target: &'static str,
}

/// Sets the values that each host needs in any option.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    let scenarios = checked.facts();
    let hosts = checked.hosts.iter().map(|(name, host)| (name, settings(&scenarios, name, host)));
    hosts.filter(|(_, settings)| !settings.is_empty()).map(|(name, all)| step(checked, name, &all)).collect()
}

/// The settings that a host needs in any option, sorted by key.
fn settings(scenarios: &[Facts<'_>], name: &HostName, host: &Host) -> Vec<&'static Sysctl> {
    let mut settings: BTreeMap<&str, &'static Sysctl> = BTreeMap::new();
    let mut add = |setting: &'static Sysctl| {
        let known = settings.entry(setting.key).or_insert(setting);
        // If two products ask for a minimum, the higher one.
        if setting.value > known.value {
            *known = setting;
        }
    };
    if host.swap.is_some() {
        add(&sysctls::SWAPPINESS);
    }
    for facts in scenarios {
        for (service, spec) in facts.on(name) {
            spec.product().into_iter().flat_map(|product| product.sysctls).for_each(|it| add(it));
            if spec.numa.as_ref().is_some_and(|numa| numa.interleave.is_some()) {
                add(&sysctls::NUMA_BALANCING);
            }
            if facts.publications(service).iter().any(|port| port.address == host.address) {
                add(&sysctls::NONLOCAL_BIND);
            }
        }
    }
    settings.into_values().collect()
}

fn step(checked: &Checked, host: &HostName, settings: &[&'static Sysctl]) -> Step {
    let path = format!("hosts/{host}{TARGET}");
    let drop_in = DropIn { header: Header::of(checked), settings };
    let values = settings.iter().map(|it| {
        let least = if it.at_least { " at least" } else { "" };
        format!("`{}` is {}{least}", it.key, it.value)
    });
    let values = values.collect::<Vec<_>>().join(", ");
    Step {
        host: host.clone(),
        id: STEP,
        title: "Settings of the running kernel".to_owned(),
        targets: TARGET.to_owned(),
        follows: &[grub::STEP],
        reboot: false,
        touches_data: false,
        apply: Script::new(&Apply { source: &path, target: TARGET, settings }),
        artifacts: vec![Artifact::from_template(path, &drop_in)],
        // Each value is saved right before it is set: a changed model may set other values.
        remember: Script::default(),
        verify: vec![Check::new(
            "sysctl",
            "Kernel settings",
            format!("{values}, now and after a reboot"),
            Script::new(&Verify { target: TARGET, settings }),
        )],
        rollback: Script::new(&Rollback { target: TARGET }),
    }
}
