//! Directories and the swap file.

use askama::Template;
use omni_model::{
    Checked,
    deployment::{Directory, Disk, Storage, Swap},
    names::{AbsPath, DirectoryName, HostName, Owner},
};

use crate::{
    artifact::Artifact,
    filters, grub,
    header::Header,
    step::{Check, CheckKind, Script, Step, StepId},
    text::counted,
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("storage");

/// The check that the swap file is in use.
pub(crate) const SWAP_ACTIVE: CheckKind = CheckKind::new("swap-active");

struct Folder {
    path: AbsPath,
    /// As `chown` takes it. `None` for the operator.
    owner: Option<String>,
}

#[derive(Template)]
#[template(path = "storage/storage.sh")]
struct StorageScript<'a> {
    header: Header<'a>,
    mount: &'a AbsPath,
    /// Whether it is a file system of its own, which must be mounted.
    own_disk: bool,
    folders: &'a [Folder],
    swap: Option<&'a Swap>,
    /// The path of the swap file as a basic regular expression.
    pattern: &'a str,
    has_operator: bool,
}

#[derive(Template)]
#[template(path = "storage/apply.sh")]
struct Apply<'a> {
    script: &'a str,
}

#[derive(Template)]
#[template(path = "storage/remember.sh")]
struct Remember<'a> {
    mount: &'a AbsPath,
    /// Whether it is a file system of its own, which must be mounted.
    own_disk: bool,
    folders: &'a [Folder],
    swap: Option<&'a Swap>,
    pattern: &'a str,
}

#[derive(Template)]
#[template(path = "storage/verify-directories.sh")]
struct VerifyDirectories<'a> {
    folders: &'a [Folder],
}

#[derive(Template)]
#[template(path = "storage/verify-swap.sh")]
struct VerifySwap<'a> {
    file: &'a AbsPath,
    pattern: &'a str,
    size: u64,
}

#[derive(Template)]
#[template(path = "storage/rollback.sh")]
struct Rollback<'a> {
    mount: &'a AbsPath,
    /// Whether it is a file system of its own, which must be mounted.
    own_disk: bool,
    folders: &'a [Folder],
    swap: Option<&'a Swap>,
    pattern: &'a str,
}

/// Sets up the storage of each host that has a storage.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    let storages =
        checked.hosts.iter().filter_map(|(name, host)| Some((name, host.storage.as_ref()?, &host.swap)));
    storages.map(|(host, storage, swap)| step(checked, host, storage, swap.as_ref())).collect()
}

fn step(checked: &Checked, host: &HostName, storage: &Storage, swap: Option<&Swap>) -> Step {
    let folder = |(name, spec): (&DirectoryName, &Directory)| Folder {
        path: storage.mount.join(name),
        owner: match spec.owner {
            Owner::Operator => None,
            Owner::Root => Some("0:0".to_owned()),
            Owner::User(user) => Some(user.to_string()),
        },
    };
    let folders: Vec<_> = storage.directories.iter().map(folder).collect();
    let pattern = swap.map(|swap| pattern(&swap.file)).unwrap_or_default();
    let pattern = pattern.as_str();
    let (mount, folders) = (&storage.mount, folders.as_slice());
    let own_disk = storage.disk == Disk::Own;
    let script = StorageScript {
        header: Header::of(checked),
        mount,
        own_disk,
        has_operator: folders.iter().any(|folder| folder.owner.is_none()),
        folders,
        swap,
        pattern,
    };
    let path = format!("hosts/{host}/storage.sh");
    let mut verify = Vec::new();
    if let Some(Swap { file, size }) = swap {
        verify.push(Check::new(
            SWAP_ACTIVE,
            "Swap active",
            format!("{size} on {file}"),
            Script::new(&VerifySwap { file, pattern, size: size.get() }),
        ));
    }
    verify.push(Check::new(
        "directories",
        "Directories",
        format!("below {mount}, each with its owner: {}", counted(folders.len(), "directory")),
        Script::new(&VerifyDirectories { folders }),
    ));
    Step {
        host: host.clone(),
        id: STEP,
        title: "Directories and swap".to_owned(),
        targets: "Directories, swap".to_owned(),
        follows: &[grub::STEP],
        reboot: false,
        touches_data: true,
        apply: Script::new(&Apply { script: &path }),
        artifacts: vec![Artifact::program(path, &script)],
        remember: Script::new(&Remember { mount, own_disk, folders, swap, pattern }),
        verify,
        rollback: Script::new(&Rollback { mount, own_disk, folders, swap, pattern }),
    }
}

/// A path as a basic regular expression between `|`. Paths in a model contain no other characters with a meaning there.
fn pattern(path: &AbsPath) -> String {
    path.as_str().replace('.', r"\.")
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, run};

    /// The step of a host whose disk is a folder.
    fn step_on(disk: &Path) -> Step {
        let mut document = document();
        document["hosts"]["box"]["storage"]["mount"] = json!(disk);
        document["hosts"]["box"]["swap"]["file"] = json!(disk.join("swapfile"));
        steps(&checked(document)).remove(0)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    #[test]
    fn directories_that_were_there_stay_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, state) = (folder.path().join("disk"), folder.path().join("state"));
        let [models, store] = ["models", "store"].map(|name| disk.join(name));
        for path in [&state, &models] {
            fs::create_dir_all(path).unwrap();
        }
        set_mode(&models, 0o700);
        let step = step_on(&disk);
        let machine = |mounted, purge| {
            format!(
                "state={} purge_data={purge}; mountpoint() {{ {mounted}; }}; sed() {{ :; }}
                 swapon() {{ :; }}; chown() {{ echo \"chown $*\"; }}",
                state.display()
            )
        };
        let here = |purge| machine("true", purge);
        let unmounted = run(&step.remember, &machine("false", "no")).unwrap_err();
        assert!(unmounted.contains("is not a mount point: mount its disk first"), "{unmounted}");
        assert!(!state.join("directories").exists());

        run(&step.remember, &here("no")).unwrap();
        // What the step does, and a service.
        fs::create_dir(&store).unwrap();
        set_mode(&models, 0o2755);
        fs::write(store.join("data"), "").unwrap();
        let owner = run(&Script::fixed("echo $UID:$(id -g)"), "").unwrap();
        for _ in 0..2 {
            let said = run(&step.rollback, &here("no")).unwrap();
            assert_eq!(said, format!("chown {} {}\n", owner.trim(), models.display()));
            assert_eq!((mode(&models), store.join("data").exists()), (0o700, true));
        }
        assert!(run(&step.rollback, &machine("false", "yes")).is_err());
        assert!(store.exists());
        let said = run(&step.rollback, &here("yes")).unwrap();
        assert!(said.contains("models stays with its contents: it existed before"), "{said}");
        assert_eq!((models.exists(), store.exists()), (true, false));
        fs::create_dir(&store).unwrap();
        run(&step.rollback, &here("no")).unwrap();
        assert_eq!((models.exists(), store.exists()), (true, false));
    }

    #[test]
    fn a_path_matches_itself_only() {
        assert_eq!(pattern(&"/nvme/swap.file+1".parse().unwrap()), r"/nvme/swap\.file+1");
    }
}
