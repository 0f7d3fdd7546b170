//! What systemd does for a deployment: after each start of Docker and of k3s it starts what did not come up by itself, it lets
//! both wait for the disk, and it makes the regular backups.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Backup, Host},
    names::{AbsPath, HostName},
};

use crate::{
    artifact::Artifact,
    compose, filters,
    header::Header,
    operations::{
        self,
        data::{Named, Pod},
    },
    step::{Check, Family, Script, Step},
    systemd::{Placed, UNITS},
};

/// What starts containers.
#[derive(Clone, Copy)]
struct Engine {
    unit: &'static str,
}

/// Those that there are: Docker and k3s.
const ENGINES: [Engine; 2] = [Engine { unit: "docker.service" }, Engine { unit: "k3s.service" }];

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

/// What systemd is told on each host that runs something.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let hosts = facts.deployment().hosts.iter();
    let steps = hosts.map(|(name, host)| {
        let engines = engines(facts, name);
        (!engines.is_empty()).then(|| step(facts, name, host, &engines))
    });
    steps.flatten().collect()
}

fn engines(facts: &Facts<'_>, host: &HostName) -> Vec<Engine> {
    let docker = !compose::services(facts, host).is_empty();
    let k3s = facts.cluster_on(host).is_some();
    ENGINES
        .into_iter()
        .zip([docker, k3s])
        .filter(|(_, is_there)| *is_there)
        .map(|(engine, _)| engine)
        .collect()
}

/// The names of a deployment's units.
struct Names {
    boot: String,
    backup: String,
    timer: String,
}

impl Names {
    /// The kind comes first: so no deployment's name makes two of them the same.
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
    let state_root = operations::state_root(deployment);
    let folder = format!("{state_root}/boot");
    let mount = host.storage.as_ref().map(|storage| &storage.mount);
    // Without anything to save there is no `backup.sh`: W028 refuses that, if in no option there is.
    let saves = !operations::data::directories(facts, name, host).is_empty();
    let backup = host.backup.as_ref().filter(|_| saves).zip(mount);

    let script = BootScript {
        header,
        host: name,
        engines,
        state_root: &state_root,
        project: (!compose::services(facts, name).is_empty()).then_some(deployment),
        pods: &operations::data::pods(facts, name, host),
        names: &operations::data::names(facts, name, host),
    };
    let service =
        BootService { header, deployment, engines, state_root: &state_root, mount, folder: &folder };
    let boot_script = format!("{bundle}boot.sh");
    let mut artifacts = vec![Artifact::new(&boot_script, Script::new(&script).to_string()).executable()];
    let mut scripts = vec![Placed { source: boot_script, target: format!("{folder}/boot.sh") }];
    let mut units = Vec::new();
    let mut unit = |name: &str, text: String| {
        let unit = Placed::unit(&bundle, name);
        artifacts.push(Artifact::new(&unit.source, text));
        units.push(unit);
    };
    let drop_in = |engine: &Engine| format!("{}.d/omni-{deployment}.conf", engine.unit);
    unit(&names.boot, Script::new(&service).to_string());
    for engine in engines {
        if let Some(mount) = mount {
            unit(&drop_in(engine), Script::new(&Mounts { header, mount }).to_string());
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
        unit(&names.backup, Script::new(&service).to_string());
        unit(&names.timer, Script::new(&BackupTimer { header, deployment, backup }).to_string());
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
    let waits = mount.map(|mount| format!(", and engines wait for {mount}")).unwrap_or_default();
    let mut verify = vec![Check {
        name: "boot".to_owned(),
        title: "Up again after a boot".to_owned(),
        expected: format!("`{}` is enabled and has not failed{waits}", names.boot),
        after: None,
        script: Script::new(&Verify { scripts: &scripts, units: &units, boot: &names.boot, engines, mount }),
    }];
    verify.extend(backup.map(|(backup, _)| Check {
        name: "backups".to_owned(),
        title: "Regular backups".to_owned(),
        expected: format!("`{}` is active, and the last backup did not fail", names.timer),
        after: Some("boot".to_owned()),
        script: Script::new(&VerifyBackup { timer: &names.timer, service: &names.backup, to: &backup.to }),
    }));
    Step {
        family: Family::Boot,
        host: name.clone(),
        phase: "2.0",
        name: "boot",
        title: "What systemd starts".to_owned(),
        targets,
        // It lets systemd read its units anew, by which running containers can lose their GPUs: so it comes before them.
        follows: &["storage", "gvisor", "k3s"],
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

/// The files of each unit that some model of this deployment may have.
fn all_units(names: &Names, drop_in: &dyn Fn(&Engine) -> String) -> Vec<String> {
    let drop_ins = ENGINES.iter().map(drop_in);
    // The timer goes before what it starts.
    let own = [names.timer.clone(), names.backup.clone(), names.boot.clone()];
    own.into_iter().chain(drop_ins).map(|name| format!("{UNITS}/{name}")).collect()
}
