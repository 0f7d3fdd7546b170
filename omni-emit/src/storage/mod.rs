//! Directories and the swap file.

use askama::Template;
use omni_model::{
    Checked,
    deployment::{Directory, Storage, Swap},
    names::{AbsPath, DirectoryName, HostName, Owner},
};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    step::{Check, Family, Script, Step},
};

struct Folder {
    path: AbsPath,
    /// As `chown` takes it, or nothing for the operator.
    owner: Option<String>,
}

#[derive(Template)]
#[template(path = "storage/storage.sh")]
struct StorageScript<'a> {
    header: Header<'a>,
    mount: &'a AbsPath,
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
    swap: &'a Swap,
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
    folders: &'a [Folder],
    swap: Option<&'a Swap>,
    pattern: &'a str,
}

/// Sets up the storage of each host that has one.
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
    let script = StorageScript {
        header: Header::of(checked),
        mount: &storage.mount,
        has_operator: folders.iter().any(|folder| folder.owner.is_none()),
        folders: &folders,
        swap,
        pattern,
    };
    let path = format!("hosts/{host}/storage.sh");
    let mut verify = Vec::new();
    if let Some(Swap { file, size }) = swap {
        verify.push(Check {
            name: "swap-active".to_owned(),
            title: "Swap active".to_owned(),
            expected: format!("{size} on {file}"),
            after: None,
            script: Script::new(&VerifySwap { file, pattern, size: size.get() }),
        });
    }
    verify.push(Check {
        name: "directories".to_owned(),
        title: "Directories".to_owned(),
        expected: format!("{} directories below {}, each with its owner", folders.len(), storage.mount),
        after: None,
        script: Script::new(&VerifyDirectories { folders: &folders }),
    });
    Step {
        family: Family::Storage,
        host: host.clone(),
        phase: "1.2",
        name: "storage",
        title: "Directories and swap".to_owned(),
        targets: "Directories, swap".to_owned(),
        follows: &["kernel"],
        reboot: false,
        touches_data: true,
        apply: Script::new(&Apply { script: &path }),
        artifacts: vec![Artifact::new(path, Script::new(&script).to_string()).executable()],
        remember: swap.map_or_else(Script::default, |swap| Script::new(&Remember { swap, pattern })),
        verify,
        rollback: Script::new(&Rollback { folders: &folders, swap, pattern }),
    }
}

/// A path as a basic regular expression between `|`. A path of the model's holds nothing else that means something there.
fn pattern(path: &AbsPath) -> String {
    path.as_str().replace('.', r"\.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_matches_itself_only() {
        assert_eq!(pattern(&"/nvme/swap.file+1".parse().unwrap()), r"/nvme/swap\.file+1");
    }
}
