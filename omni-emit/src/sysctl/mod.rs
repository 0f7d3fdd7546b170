//! Settings of the running kernel: a file that the boot reads, and the same at once.

use std::collections::BTreeMap;

use askama::Template;
use omni_model::{
    Checked, Facts,
    deployment::Host,
    names::HostName,
    registry::sysctls::{self, Sysctl},
};

use crate::{
    artifact::Artifact,
    header::Header,
    step::{Check, Family, Script, Step},
};

/// Where the file goes on the machine: <https://www.freedesktop.org/software/systemd/man/latest/sysctl.d.html>.
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

/// Sets what each host needs in some option.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    let scenarios = checked.facts();
    let hosts = checked.hosts.iter().map(|(name, host)| (name, settings(&scenarios, name, host)));
    hosts.filter(|(_, settings)| !settings.is_empty()).map(|(name, all)| step(checked, name, &all)).collect()
}

/// What a host needs in some option, by its keys.
fn settings(scenarios: &[Facts<'_>], name: &HostName, host: &Host) -> Vec<&'static Sysctl> {
    let mut settings: BTreeMap<&str, &'static Sysctl> = BTreeMap::new();
    let mut add = |setting: &'static Sysctl| {
        let known = settings.entry(setting.key).or_insert(setting);
        // Of two products that ask for at least so much, the one that asks for more.
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
        family: Family::Sysctl,
        host: host.clone(),
        phase: "1.2",
        name: "sysctl",
        title: "Settings of the running kernel".to_owned(),
        targets: TARGET.to_owned(),
        follows: &["kernel"],
        reboot: false,
        touches_data: false,
        apply: Script::new(&Apply { source: &path, target: TARGET, settings }),
        artifacts: vec![Artifact::new(path, Script::new(&drop_in).to_string())],
        // Each value is remembered right before it is set: a changed model may set others.
        remember: Script::default(),
        verify: vec![Check {
            name: "sysctl".to_owned(),
            title: "Kernel settings".to_owned(),
            expected: format!("{values}, now and after a boot"),
            after: None,
            script: Script::new(&Verify { target: TARGET, settings }),
        }],
        rollback: Script::new(&Rollback { target: TARGET }),
    }
}
