//! `backup.sh` and `restore.sh` for the data that services write: each directory that a service mounts as a data volume. Models are not
//! saved, since they are downloads.

use askama::Template;
use omni_model::{Facts, deployment::Host, names::HostName};

use super::arguments::{Argument, Arguments, Operand};
use crate::{
    artifact::Artifact,
    data::{Directory, Named, Pod, directories, names, pods},
    filters,
    header::Header,
    state,
};

#[derive(Template)]
#[template(path = "operations/backup.sh")]
struct Backup<'a> {
    header: Header<'a>,
    arguments: Arguments,
    deployment: &'a str,
    host: &'a HostName,
    state_root: &'a str,
    directories: &'a [Directory],
    pods: &'a [Pod],
    names: &'a [Named],
}

#[derive(Template)]
#[template(path = "operations/restore.sh")]
struct Restore<'a> {
    header: Header<'a>,
    arguments: Arguments,
    deployment: &'a str,
    host: &'a HostName,
    state_root: &'a str,
    directories: &'a [Directory],
    pods: &'a [Pod],
    names: &'a [Named],
}

/// Both programs, if a service on the host writes data.
pub(super) fn artifacts(facts: &Facts<'_>, host: &HostName, spec: &Host) -> Vec<Artifact> {
    let directories = directories(facts, host, spec);
    if directories.is_empty() {
        return Vec::new();
    }
    let deployment = facts.deployment().name.as_str();
    let state_root = &state::root(deployment);
    let header = Header::of(facts.deployment());
    let (directories, pods, names) = (&directories, &pods(facts, host, spec), &names(facts, host, spec));
    let folder = facts.host_folder(host);
    let backup = Backup {
        header,
        arguments: backup_arguments(state_root),
        deployment,
        host,
        state_root,
        directories,
        pods,
        names,
    };
    let arguments = restore_arguments();
    let restore = Restore { header, arguments, deployment, host, state_root, directories, pods, names };
    vec![
        Artifact::program(format!("{folder}backup.sh"), &backup),
        Artifact::program(format!("{folder}restore.sh"), &restore),
    ]
}

fn only() -> Argument {
    Argument::values(
        "--only",
        "NAME",
        "only the data of this service or directory; may be given several times",
    )
}

fn backup_arguments(state_root: &str) -> Arguments {
    Arguments {
        program: "backup.sh",
        operand: Some(Operand {
            name: "FOLDER",
            help: "where to make the backup: in a new folder with the date in its name".to_owned(),
        }),
        options: vec![
            only(),
            Argument::value(
                "--keep",
                "COUNT",
                "afterwards, delete all but the latest COUNT backups that were made with --keep",
            ),
            Argument::flag("--dry-run", "print what would be stopped and saved, and do nothing"),
        ],
        end: format!(
            "A backup contains neither models, which are downloads, nor secrets, which you keep yourself.\n\
             The services that it stops are recorded in {state_root}/stopped: if it is killed, its next run or the next boot starts them.\n\n\
             Exit codes: 0 done, 1 something failed (there is no backup, or not every service runs again), 2 usage."
        ),
    }
}

fn restore_arguments() -> Arguments {
    Arguments {
        program: "restore.sh",
        operand: Some(Operand { name: "BACKUP", help: "a folder that backup.sh has made".to_owned() }),
        options: vec![
            only(),
            Argument::flag("--force", "move existing data aside"),
            Argument::flag("--list", "list the contents of the backup, and do nothing"),
            Argument::flag("--dry-run", "print what would be stopped and restored, and do nothing"),
        ],
        end: "Exit codes: 0 done, 1 something failed, 2 usage.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{checked, document, facts, small};

    #[test]
    fn a_pod_is_scaled_down_and_up_again() {
        let mut document = document();
        document["services"]["llm"]["volumes"]["/state"] = json!({"data": "state"});
        document["hosts"]["box"]["storage"]["directories"]["state"] = json!({"size": "1 GiB"});
        let checked = checked(document);
        let text = |option| {
            let (name, host) = checked.hosts.first().unwrap();
            super::artifacts(&facts(&checked, option), name, host).remove(0).file.contents
        };
        assert!(text("k3s").contains("declare -A namespace_of=([llm]=inference )"));
        assert!(
            text("k3s").contains("  k3s kubectl --namespace inference scale deployment llm --replicas=0\n")
        );
        assert!(!text("compose").contains("kubectl --namespace"));
    }

    #[test]
    fn a_host_without_data_has_neither() {
        let mut document = document();
        document["services"]["store"]["volumes"] = json!({});
        let checked = checked(document);
        let (name, host) = checked.hosts.first().unwrap();
        assert!(super::artifacts(&facts(&checked, "compose"), name, host).is_empty());
        let small = small();
        let (name, host) = small.hosts.first().unwrap();
        assert_eq!(super::artifacts(&facts(&small, "compose"), name, host).len(), 2);
    }
}
