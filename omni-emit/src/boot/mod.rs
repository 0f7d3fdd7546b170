//! What systemd does for a deployment: it makes Docker and k3s wait for the disk, starts the services that did not come up by themselves
//! after each start of an engine, and makes the regular backups.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Backup, Host},
    names::{AbsPath, HostName},
};

use crate::{
    artifact::{Artifact, render},
    container,
    data::{self, Named, Pod},
    filters, gvisor,
    header::Header,
    k3s, state,
    step::{Check, CheckKind, Script, Step, StepId},
    storage,
    systemd::{Placed, UNITS},
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("boot");

/// The check that systemd starts the deployment.
const BOOT: CheckKind = CheckKind::new("boot");

/// An engine: a unit that starts containers.
#[derive(Clone, Copy)]
struct Engine {
    title: &'static str,
    unit: &'static str,
}

/// All engines.
const ENGINES: [Engine; 2] =
    [Engine { title: "Docker", unit: "docker.service" }, Engine { title: "k3s", unit: "k3s.service" }];

#[derive(Template)]
#[template(path = "boot/boot.sh")]
struct BootScript<'a> {
    header: Header<'a>,
    host: &'a HostName,
    engines: &'a [Engine],
    state_root: &'a str,
    project: Option<&'a str>,
    pods: &'a [Pod],
    names: &'a [Named],
}

#[derive(Template)]
#[template(path = "boot/boot.service", escape = "none")]
struct BootService<'a> {
    header: Header<'a>,
    deployment: &'a str,
    engines: &'a [Engine],
    state_root: &'a str,
    mount: Option<&'a AbsPath>,
    folder: &'a str,
}

#[derive(Template)]
#[template(path = "boot/mounts.conf", escape = "none")]
struct Mounts<'a> {
    header: Header<'a>,
    mount: &'a AbsPath,
}

#[derive(Template)]
#[template(path = "boot/backup.service", escape = "none")]
struct BackupService<'a> {
    header: Header<'a>,
    deployment: &'a str,
    engines: &'a [Engine],
    state_root: &'a str,
    mount: &'a AbsPath,
    folder: &'a str,
    backup: &'a Backup,
}

#[derive(Template)]
#[template(path = "boot/backup.timer", escape = "none")]
struct BackupTimer<'a> {
    header: Header<'a>,
    deployment: &'a str,
    backup: &'a Backup,
}

#[derive(Template)]
#[template(path = "boot/remember.sh")]
struct Remember<'a> {
    folders: &'a [String],
}

#[derive(Template)]
#[template(path = "boot/apply.sh")]
struct Apply<'a> {
    to: Option<&'a AbsPath>,
    scripts: &'a [Placed],
    units: &'a [Placed],
    others: &'a [String],
    boot: &'a str,
    timer: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "boot/verify.sh")]
struct Verify<'a> {
    scripts: &'a [Placed],
    units: &'a [Placed],
    boot: &'a str,
    engines: &'a [Engine],
    mount: Option<&'a AbsPath>,
}

#[derive(Template)]
#[template(path = "boot/verify-backup.sh")]
struct VerifyBackup<'a> {
    timer: &'a str,
    service: &'a str,
    to: &'a AbsPath,
}

#[derive(Template)]
#[template(path = "boot/rollback.sh")]
struct Rollback<'a> {
    units: &'a [String],
    folders: &'a [String],
    timer: &'a str,
    folder: &'a str,
}

/// The step of each host that runs services.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let hosts = facts.deployment().hosts.iter();
    let steps = hosts.map(|(name, host)| {
        let engines = engines(facts, name);
        (!engines.is_empty()).then(|| step(facts, name, host, &engines))
    });
    steps.flatten().collect()
}

fn engines(facts: &Facts<'_>, host: &HostName) -> Vec<Engine> {
    let docker = !container::on_compose(facts, host).is_empty();
    let k3s = facts.cluster_on(host).is_some();
    ENGINES
        .into_iter()
        .zip([docker, k3s])
        .filter(|(_, is_there)| *is_there)
        .map(|(engine, _)| engine)
        .collect()
}

/// Which engines wait: `Docker and k3s wait`.
fn waiting(engines: &[Engine]) -> String {
    let names: Vec<_> = engines.iter().map(|engine| engine.title).collect();
    format!("{} {}", names.join(" and "), if names.len() == 1 { "waits" } else { "wait" })
}

/// The names of a deployment's units.
struct Names {
    boot: String,
    backup: String,
    timer: String,
}

impl Names {
    /// The kind comes first, so that the units of two deployments never have the same name.
    fn of(deployment: &str) -> Self {
        Self {
            boot: format!("omni-boot-{deployment}.service"),
            backup: format!("omni-backup-{deployment}.service"),
            timer: format!("omni-backup-{deployment}.timer"),
        }
    }
}

fn step(facts: &Facts<'_>, name: &HostName, host: &Host, engines: &[Engine]) -> Step {
    let deployment = facts.deployment().name.as_str();
    let header = Header::of(facts.deployment());
    let names = Names::of(deployment);
    let bundle = facts.host_folder(name);
    let state_root = state::root(deployment);
    let folder = format!("{state_root}/boot");
    let mount = host.storage.as_ref().map(|storage| &storage.mount);
    // Without data there is no `backup.sh`. W028 reports a backup that saves nothing in any option.
    let saves = !data::directories(facts, name, host).is_empty();
    let backup = host.backup.as_ref().filter(|_| saves).zip(mount);

    let script = BootScript {
        header,
        host: name,
        engines,
        state_root: &state_root,
        project: (!container::on_compose(facts, name).is_empty()).then_some(deployment),
        pods: &data::pods(facts, name, host),
        names: &data::names(facts, name, host),
    };
    let service =
        BootService { header, deployment, engines, state_root: &state_root, mount, folder: &folder };
    let boot_script = format!("{bundle}boot.sh");
    let mut artifacts = vec![Artifact::program(&boot_script, &script)];
    let mut scripts = vec![Placed { source: boot_script, target: format!("{folder}/boot.sh") }];
    let mut units = Vec::new();
    let mut unit = |name: &str, text: String| {
        let unit = Placed::unit(&bundle, name);
        artifacts.push(Artifact::new(&unit.source, text));
        units.push(unit);
    };
    let drop_in = |engine: &Engine| format!("{}.d/omni-{deployment}.conf", engine.unit);
    unit(&names.boot, render(&service));
    for engine in engines {
        if let Some(mount) = mount {
            unit(&drop_in(engine), render(&Mounts { header, mount }));
        }
    }
    if let Some((backup, mount)) = backup {
        let service = BackupService {
            header,
            deployment,
            engines,
            state_root: &state_root,
            mount,
            folder: &folder,
            backup,
        };
        unit(&names.backup, render(&service));
        unit(&names.timer, render(&BackupTimer { header, deployment, backup }));
        scripts.push(Placed { source: format!("{bundle}backup.sh"), target: format!("{folder}/backup.sh") });
    }
    let all = all_units(&names, &drop_in);
    let others = all.iter().filter(|path| units.iter().all(|unit| unit.target != **path)).cloned();
    let folders: Vec<_> = ENGINES.iter().map(|engine| format!("{UNITS}/{}.d", engine.unit)).collect();
    let to = backup.map(|(backup, _)| &backup.to);
    let apply = Apply {
        to,
        scripts: &scripts,
        units: &units,
        others: &others.collect::<Vec<_>>(),
        boot: &names.boot,
        timer: to.map(|_| names.timer.as_str()),
    };
    let targets = units.iter().map(|unit| unit.target.as_str()).collect::<Vec<_>>().join(", ");
    let waits = mount.map(|mount| format!(", and {} for {mount}", waiting(engines))).unwrap_or_default();
    let mut verify = vec![Check::new(
        BOOT,
        "Start after a reboot",
        format!("`{}` is enabled and has not failed{waits}", names.boot),
        Script::new(&Verify { scripts: &scripts, units: &units, boot: &names.boot, engines, mount }),
    )];
    verify.extend(backup.map(|(backup, _)| {
        Check::new(
            "backups",
            "Regular backups",
            format!("`{}` is active, and the last backup did not fail", names.timer),
            Script::new(&VerifyBackup { timer: &names.timer, service: &names.backup, to: &backup.to }),
        )
        .after(BOOT)
    }));
    Step {
        host: name.clone(),
        id: STEP,
        title: "Units of systemd".to_owned(),
        targets,
        // Before containers are started: it makes systemd reload its units, by which running containers can lose their GPUs.
        follows: &[storage::STEP, gvisor::STEP, k3s::STEP],
        reboot: false,
        touches_data: false,
        remember: Script::new(&Remember { folders: &folders }),
        apply: Script::new(&apply),
        verify,
        rollback: Script::new(&Rollback {
            units: &all,
            folders: &folders,
            timer: &names.timer,
            folder: &folder,
        }),
        artifacts,
    }
}

/// The files of all units that any version of this deployment may have.
fn all_units(names: &Names, drop_in: &dyn Fn(&Engine) -> String) -> Vec<String> {
    let drop_ins = ENGINES.iter().map(drop_in);
    // The timer goes before the service that it starts.
    let own = [names.timer.clone(), names.backup.clone(), names.boot.clone()];
    own.into_iter().chain(drop_ins).map(|name| format!("{UNITS}/{name}")).collect()
}
