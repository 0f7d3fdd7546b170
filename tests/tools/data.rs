//! `backup.sh` and `restore.sh`, run: what is saved, destroyed and restored is what it was.

use std::{fs, path::PathBuf};

use crate::stage::{Run, Stage, is_root};

/// A stand-in for Docker: a container runs if there is a file of its name, and each order is written down. Every container is
/// there, but for one that is taken away.
const DOCKER: &str = r#"
case $* in
  'ps --all --quiet --no-trunc --filter label='*) exit ;;
esac
case $1 in
  ps)
    name=${*: -1}
    name=${name#name=^}
    name=${name%$}
    case $2 in
      --all) [ -e "$machine/gone-$name" ] || echo 0123456789ab ;;
      *) [ ! -e "$machine/running/$name" ] || echo 0123456789ab ;;
    esac
    ;;
  stop | start)
    echo "$1 $2" >>"$machine/orders"
    [ ! -e "$machine/refuses-$1-$2" ] || exit 1
    case $1 in stop) rm "$machine/running/$2" ;; start) touch "$machine/running/$2" ;; esac
    ;;
  *) exit 64 ;;
esac
"#;

/// Data of the awkward kinds, below each directory.
const FILL: &str = r#"
import os, sys
for name, owner in (('letta', 999), ('qdrant', 1000), ('memgraph', 101), ('mem0', 0), ('prometheus', 65534), ('grafana', 472), ('phoenix', 65532)):
    top = os.path.join(sys.argv[1], name)
    os.makedirs(os.path.join(top, 'a folder', 'empty'))
    plain = os.path.join(top, 'a folder', 'größe\n')
    with open(plain, 'wb') as file: file.write(os.urandom(70000))
    os.link(plain, os.path.join(top, 'hard link'))
    os.symlink('/nowhere', os.path.join(top, 'symbolic link'))
    sparse = os.path.join(top, 'sparse')
    with open(sparse, 'wb') as file:
        file.truncate(1 << 22)
        file.seek(1 << 21)
        file.write(b'in the middle')
    os.setxattr(plain, 'user.kind', b'plain')
    os.mkfifo(os.path.join(top, 'fifo'))
    for folder, folders, files in os.walk(top):
        for path in [folder] + [os.path.join(folder, file) for file in files]:
            os.chown(path, owner, owner + 1, follow_symlinks=False)
    os.chmod(plain, 0o640)
    os.chmod(sparse, 0o4711)
    os.chmod(top, 0o2750)
"#;

/// All that is to be the same again.
const SHOW: &str = r#"
import hashlib, os, stat, sys
for folder, folders, files in sorted(os.walk(sys.argv[1])):
    for path in [folder][folder == sys.argv[1]:] + sorted(os.path.join(folder, file) for file in files):
        seen = os.lstat(path)
        regular = stat.S_ISREG(seen.st_mode)
        holes = regular and seen.st_blocks * 512 < seen.st_size // 2
        text = hashlib.sha256(open(path, 'rb').read()).hexdigest() if regular else os.path.islink(path) and os.readlink(path)
        marks = [(name, os.getxattr(path, name, follow_symlinks=False)) for name in os.listxattr(path, follow_symlinks=False)]
        print(repr(path), oct(seen.st_mode), seen.st_uid, seen.st_gid, regular and seen.st_size, seen.st_nlink if regular else 0, seen.st_mtime_ns, holes, text, marks)
"#;

/// A machine with data, on which some of the services run.
struct Machine {
    stage: Stage,
}

impl Machine {
    fn new(name: &str) -> Self {
        assert!(is_root(), "backups keep owners: run this tier as root");
        let stage = Stage::new(name, |root| vec![("/nvme", root.join("nvme").display().to_string())]);
        stage.program("docker", DOCKER);
        let machine = Self { stage };
        for folder in ["machine/running", "backups", "nvme"] {
            fs::create_dir_all(machine.path(folder)).unwrap();
        }
        for service in ["letta", "qdrant", "grafana"] {
            fs::write(machine.path("machine/running").join(service), "").unwrap();
        }
        machine.python(FILL);
        machine
    }

    fn path(&self, path: &str) -> PathBuf {
        self.stage.root.join(path)
    }

    fn python(&self, program: &str) -> String {
        let nvme = self.path("nvme").display().to_string();
        let mut python = crate::tool::command("/usr/bin/python3");
        crate::tool::run(python.args(["-c", program, &nvme])).unwrap()
    }

    fn backup(&self, arguments: &str) -> Run {
        self.stage.bash(&format!("out/compose/backup.sh {arguments}"))
    }

    fn restore(&self, arguments: &str) -> Run {
        self.stage.bash(&format!("out/compose/restore.sh {arguments}"))
    }

    /// The backups that are there, and nothing else may be.
    fn backups(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("backups")).unwrap();
        entries.map(|entry| entry.unwrap().path().display().to_string()).collect()
    }

    fn orders(&self) -> String {
        let orders = fs::read_to_string(self.path("machine/orders")).unwrap_or_default();
        let _ = fs::remove_file(self.path("machine/orders"));
        orders
    }
}

#[track_caller]
fn done(run: &Run) {
    assert_eq!(run.status, 0, "{}", run.said);
}

#[track_caller]
fn same(machine: &Machine, before: &str) {
    let after = machine.python(SHOW);
    let other: Vec<_> = after.lines().filter(|line| !before.contains(line)).collect();
    assert!(after == before, "other than before: {other:#?}");
}

#[track_caller]
fn refused(run: &Run, why: &str) {
    assert_eq!(run.status, 1, "{}", run.said);
    assert!(run.said.contains(why), "{}", run.said);
}

#[test]
fn what_is_saved_and_destroyed_comes_back_as_it_was() {
    let machine = Machine::new("data-comes-back");
    let before = machine.python(SHOW);
    done(&machine.backup("backups"));
    // What ran runs again, and what did not does not.
    let orders = machine.orders();
    let mut lines: Vec<_> = orders.lines().collect();
    assert!(lines[..3].iter().all(|line| line.starts_with("stop ")), "{orders}");
    lines.sort_unstable();
    let both = ["start grafana", "start letta", "start qdrant", "stop grafana", "stop letta", "stop qdrant"];
    assert_eq!(lines, both);
    same(&machine, &before);
    let [backup] = machine.backups().try_into().unwrap();
    let listed = machine.restore(&format!("--list {backup}"));
    done(&listed);
    assert!(
        listed.said.contains(&format!("qdrant: {}", machine.path("nvme/qdrant").display())),
        "{}",
        listed.said
    );

    for name in ["letta", "qdrant", "memgraph"] {
        fs::remove_dir_all(machine.path("nvme").join(name)).unwrap();
    }
    // Storage has been set up anew, and is empty.
    fs::create_dir(machine.path("nvme/letta")).unwrap();
    done(&machine.restore(&format!("--only letta --only qdrant --only memgraph {backup}")));
    same(&machine, &before);
    assert!(!machine.orders().contains("grafana"));

    refused(&machine.restore(&backup), "holds data: use --force to move them aside");
    assert_eq!(machine.orders(), "");
    fs::write(machine.path("nvme/qdrant/newer"), "").unwrap();
    done(&machine.restore(&format!("--force --only qdrant {backup}")));
    let aside: Vec<_> =
        fs::read_dir(machine.path("nvme")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let aside = aside.iter().find(|path| path.display().to_string().contains("/qdrant.before-")).unwrap();
    assert!(aside.join("newer").exists());
    fs::remove_dir_all(aside).unwrap();
    same(&machine, &before);
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let machine = Machine::new("data-refused");
    let before = machine.python(SHOW);
    let nvme = machine.path("nvme").display().to_string();
    refused(&machine.backup(&format!("{nvme}/qdrant/a\\ folder")), "which is saved");
    refused(&machine.backup("nowhere"), "the folder nowhere does not exist");
    refused(&machine.backup("--only deepseek backups"), "there are no data of deepseek");
    let tiny = "mount -t tmpfs -o size=64k tmpfs backups\nout/compose/backup.sh backups";
    refused(&machine.stage.bash(tiny), "not enough space: ");
    assert_eq!(machine.backup("").status, 2);
    done(&machine.backup("--dry-run backups"));
    assert_eq!((machine.orders().as_str(), machine.backups().len()), ("", 0));

    done(&machine.backup("--only qdrant backups"));
    assert!(!machine.orders().contains("letta"));
    let [backup] = machine.backups().try_into().unwrap();
    refused(&machine.restore(&format!("--only letta {backup}")), "does not contain letta");
    let archive = PathBuf::from(&backup).join("qdrant.tar");
    let mut bytes = fs::read(&archive).unwrap();
    bytes[4096] ^= 1;
    fs::write(&archive, &bytes).unwrap();
    refused(&machine.restore(&format!("--force {backup}")), "is damaged; nothing was changed");
    bytes[4096] ^= 1;
    fs::write(&archive, &bytes).unwrap();
    let of_another = PathBuf::from(&backup).join("deployment");
    fs::write(of_another, "another\n").unwrap();
    refused(&machine.restore(&backup), "of another deployment");
    assert_eq!(machine.orders(), "");
    same(&machine, &before);
}

#[test]
fn after_a_failure_everything_runs_again_and_no_half_backup_is_left() {
    let machine = Machine::new("data-fails");
    let before = machine.python(SHOW);
    let refusal = machine.path("machine/refuses-stop-qdrant");
    fs::write(&refusal, "").unwrap();
    refused(&machine.backup("backups"), "cannot stop qdrant");
    fs::remove_file(&refusal).unwrap();
    assert!(machine.orders().contains("start letta"));
    machine.stage.program("tar", "/usr/bin/tar \"$@\"\n[[ $* != */prometheus* ]]");
    refused(&machine.backup("backups"), "cannot save");
    assert!(machine.orders().contains("start qdrant"));
    assert_eq!(machine.backups().len(), 0);

    fs::remove_file(machine.path("bin/tar")).unwrap();
    done(&machine.backup("backups"));
    let [backup] = machine.backups().try_into().unwrap();
    machine.stage.program("tar", "/usr/bin/tar \"$@\"\n[[ $* != */prometheus* ]]");
    refused(&machine.restore(&format!("--force {backup}")), "nothing was changed");
    same(&machine, &before);

    // What does not start again is said.
    fs::remove_file(machine.path("bin/tar")).unwrap();
    fs::write(machine.path("machine/refuses-start-qdrant"), "").unwrap();
    // Two backups of one second would have one name.
    fs::remove_dir_all(&backup).unwrap();
    refused(&machine.backup("--only qdrant backups"), "these services do not run again");
}

/// Runs of several scripts on one machine, whose state stays from one to the next.
impl Machine {
    fn bash(&self, script: &str) -> Run {
        // `kill -9` of the script that runs in the place of `tar`, when there is such a file.
        self.stage.program(
            "tar",
            "if [ -e \"$machine/power-fails\" ]; then rm \"$machine/power-fails\"; kill -KILL $PPID; exit 1; fi\n/usr/bin/tar \"$@\"",
        );
        self.stage.bash(&format!("set +e\n{script}"))
    }

    fn running(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("machine/running")).unwrap();
        let mut all: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect();
        all.sort();
        all
    }
}

const STOPPED: &str = "/var/lib/omni/protocol-omni/stopped";

#[test]
fn what_a_killed_run_has_stopped_runs_again_after_the_next_boot() {
    let machine = Machine::new("data-killed");
    let run = machine.bash(&format!(
        "touch machine/power-fails
         out/compose/backup.sh backups
         echo \"backup ended with $?\"
         ls machine/running
         cat {STOPPED}
         out/compose/boot.sh || exit
         [ ! -e {STOPPED} ]"
    ));
    done(&run);
    assert!(run.said.contains("backup ended with 137"), "{}", run.said);
    let (_, stopped) = run.said.split_once("backup ended with 137\n").unwrap();
    let lines: Vec<_> = stopped.lines().take(3).collect();
    assert_eq!(lines, ["grafana 1", "letta 1", "qdrant 1"], "what is written down:\n{}", run.said);
    assert_eq!(machine.running(), ["grafana", "letta", "qdrant"]);
    assert!(!machine.orders().contains("start mem0"), "what did not run is started");
}

#[test]
fn what_a_killed_run_has_stopped_runs_again_with_the_next_run() {
    for script in ["backup.sh backups", "restore.sh --force --only letta $(ls -d backups/*)"] {
        let machine = Machine::new("data-killed-again");
        done(&machine.backup("backups"));
        let first = machine.backups().remove(0);
        // Two backups of one second would have one name.
        fs::rename(&first, first.replace("Z", "")).unwrap();
        let run = machine.bash(&format!(
            "touch machine/power-fails
             out/compose/{script}
             [ $? = 137 ] && [ -s {STOPPED} ] || exit 9
             # One of them is not there any more.
             touch machine/gone-grafana
             rm -rf nvme/*.restoring
             out/compose/{script} || exit
             [ ! -e {STOPPED} ]"
        ));
        done(&run);
        let all = machine.running();
        assert!(
            all.contains(&"letta".to_owned()) && all.contains(&"qdrant".to_owned()),
            "{all:?}: {}",
            run.said
        );
    }
}

#[test]
fn what_does_not_start_stays_written_down_and_a_run_under_way_is_left_alone() {
    let machine = Machine::new("data-boot");
    let run = machine.bash(&format!(
        "touch machine/power-fails
         out/compose/backup.sh backups
         touch machine/refuses-start-qdrant
         out/compose/boot.sh; echo \"boot ended with $?\"
         cat {STOPPED}
         out/compose/backup.sh backups; echo \"backup ended with $?\"
         rm machine/refuses-start-qdrant
         (flock 9; out/compose/boot.sh) 9>/var/lib/omni/protocol-omni/lock; echo \"beside a run: $?\"
         cat {STOPPED}
         out/compose/boot.sh; echo \"then: $?\"; ls {STOPPED}"
    ));
    let expected = "boot: these services do not start: qdrant\nboot ended with 1\nqdrant 1\nbackup: starting qdrant\n\
        backup: an earlier run was interrupted, and these services that it stopped do not start: qdrant\nbackup ended with 1\n\
        beside a run: 0\nqdrant 1\nboot: starting qdrant\nthen: 0\n";
    // Both streams stand one after the other.
    for line in expected.lines() {
        assert!(run.said.lines().any(|said| said == line), "{line}: {}", run.said);
    }
    assert_eq!(machine.running(), ["grafana", "letta", "qdrant"]);
}

#[test]
fn only_whole_backups_of_this_deployment_are_deleted_and_the_latest_stay() {
    let machine = Machine::new("data-keep");
    done(&machine.backup("--keep 2 backups"));
    let [first] = machine.backups().try_into().unwrap();
    let older = |name: &str| {
        let copy = machine.path("backups").join(name);
        crate::tool::run(crate::tool::command("cp").args(["-a", &first]).arg(&copy)).unwrap();
        copy
    };
    let oldest = older("protocol-omni-omni-20250101T000000Z");
    let old = older("protocol-omni-omni-20250102T000000Z");
    let by_hand = older("protocol-omni-omni-20240101T000000Z");
    fs::remove_file(by_hand.join("regular")).unwrap();
    let half = older("protocol-omni-omni-20240102T000000Z");
    fs::remove_file(half.join("SHA256SUMS")).unwrap();
    let of_another = older("protocol-omni-omni-20240103T000000Z");
    fs::write(of_another.join("deployment"), "another\n").unwrap();
    let renamed = older("protocol-omni-omni-before-the-move");
    fs::create_dir(machine.path("backups/photos")).unwrap();
    fs::rename(&first, machine.path("backups/protocol-omni-omni-20250103T000000Z")).unwrap();
    let run = machine.backup("--keep 2 backups");
    done(&run);
    assert_eq!(
        (oldest.exists(), old.exists(), machine.path("backups/protocol-omni-omni-20250103T000000Z").exists()),
        (false, false, true),
        "{}",
        run.said
    );
    for stays in [by_hand, half, of_another, renamed, machine.path("backups/photos")] {
        assert!(stays.exists(), "{} is gone: {}", stays.display(), run.said);
    }
    for wrong in ["--keep 0 backups", "--keep 2x backups", "--keep 2 --only qdrant backups", "--keep"] {
        assert_eq!(machine.backup(wrong).status, 2, "{wrong}");
    }
}
