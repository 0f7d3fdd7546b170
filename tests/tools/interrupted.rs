//! `omni emit` where it cannot finish: killed at each call that changes the disk, on a full one, on one that is only for reading.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::{cargo, tool, tree};

/// Every call of Linux by which a program changes a file system.
const CALLS: [&str; 18] = [
    "open",
    "openat",
    "mkdir",
    "mkdirat",
    "write",
    "chmod",
    "fchmod",
    "fchmodat",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "flock",
];

/// A folder with two versions of a deployment in it, and what each of them emits.
struct Scene {
    folder: PathBuf,
    omni: PathBuf,
    trees: [Vec<String>; 2],
}

const VERSIONS: [&str; 2] = ["old.yaml", "new.yaml"];

impl Scene {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interrupted").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        cargo(&["build", "--quiet", "--bin", "omni"]).unwrap();
        let model = cargo(&["run", "--quiet", "--example", "minimal", "convert"]).unwrap();
        for (file, version) in VERSIONS.into_iter().zip(["version: '1.0'", "version: '2.0'"]) {
            assert!(model.contains("version: '1.0'"), "{model}");
            fs::write(folder.join(file), model.replace("version: '1.0'", version)).unwrap();
        }
        let omni = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../debug/omni").canonicalize().unwrap();
        let scene = Self { folder, omni, trees: [Vec::new(), Vec::new()] };
        let trees = VERSIONS.map(|file| {
            scene.emit(file, "reference");
            scene.tree("reference")
        });
        fs::remove_dir_all(scene.folder.join("reference")).unwrap();
        assert_ne!(trees[0], trees[1]);
        Self { trees, ..scene }
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        command
    }

    fn emit(&self, file: &str, out: &str) {
        tool::run(self.command(&self.omni).args(["emit", file, out])).unwrap();
    }

    /// Path and text of each file in a folder.
    fn tree(&self, out: &str) -> Vec<String> {
        let root = self.folder.join(out);
        let line = |file: tree::File| format!("{}\n{}", file.path, file.text);
        tree::files(&root).unwrap().into_iter().map(line).collect()
    }

    /// Emits the new version and is killed when it is about to make a call for the `nth` time; says whether it came to that.
    fn is_killed(&self, call: &str, nth: usize) -> bool {
        let mut strace = tool::command("strace");
        // Not every processor has every call, which is what the `?` is for.
        strace.args(["-qq", "-o", "/dev/null", "-e"]).arg(format!("trace=?{call}")).arg("-e");
        strace.arg(format!("inject=?{call}:signal=KILL:when={nth}"));
        strace.arg(&self.omni).args(["emit", "new.yaml", "out"]).current_dir(&self.folder);
        let output = strace.output().expect("`strace` is missing: run tests/install tools");
        assert!(output.status.success() || output.status.signal() == Some(9), "{output:?}");
        !output.status.success()
    }

    /// That the next run finishes, and leaves nothing but its tree.
    fn is_mended(&self) {
        self.emit("new.yaml", "out");
        assert_eq!(self.tree("out"), self.trees[1]);
        let entries = tree::entries(&self.folder).unwrap();
        let names: Vec<_> = entries.iter().filter_map(|path| path.file_name()?.to_str()).collect();
        assert_eq!(names, ["new.yaml", "old.yaml", "out"]);
    }
}

#[test]
fn a_run_killed_at_any_call_leaves_the_old_tree_or_the_new_one() {
    for starts_with_the_old_tree in [true, false] {
        let scene = Scene::new(if starts_with_the_old_tree { "over" } else { "fresh" });
        let (mut old, mut new) = (0, 0);
        for call in CALLS {
            for nth in 1.. {
                let _ = fs::remove_dir_all(scene.folder.join("out"));
                if starts_with_the_old_tree {
                    scene.emit("old.yaml", "out");
                }
                if !scene.is_killed(call, nth) {
                    break;
                }
                let there = scene.folder.join("out").exists().then(|| scene.tree("out"));
                match there {
                    Some(tree) if tree == scene.trees[1] => new += 1,
                    Some(tree) if starts_with_the_old_tree && tree == scene.trees[0] => old += 1,
                    None if !starts_with_the_old_tree => old += 1,
                    other => panic!("killed at {call} {nth}, it left neither tree: {other:#?}"),
                }
                scene.is_mended();
            }
        }
        println!("killed at {} calls: {old} times as it was before, {new} times the new tree", old + new);
        assert!(old > 50 && new > 0, "{old} {new}");
    }
}

/// In a file system in memory that holds the old tree, with `room` KiB beside it, or with `ro` only for reading.
fn in_memory(scene: &Scene, room: &str) -> Output {
    let script = r#"
        set -euo pipefail
        omni=$1 model=$PWD options=$2
        mount -t tmpfs -o size=4m tmpfs /mnt
        cd /mnt
        "$omni" emit "$model/old.yaml" out >/dev/null
        cp -a out kept
        if [ "$2" != ro ]; then options=size=$(($(df --output=used . | tail -n 1) + $2))k; fi
        mount -o "remount,$options" /mnt
        code=0
        "$omni" emit "$model/new.yaml" out || code=$?
        mount -o remount,rw,size=4m /mnt
        if [ "$code" = 0 ]; then exit 0; fi
        diff -r kept out
        [ "$(ls -A)" = "$(printf 'kept\nout')" ] || { ls -lA; exit 1; }
        "$omni" emit "$model/new.yaml" out >/dev/null
        exit "$code"
    "#;
    let mut unshare = scene.command("unshare");
    unshare.args(["--map-root-user", "--mount", "--", "bash", "-c", script, "bash"]);
    unshare.arg(&scene.omni).arg(room).output().expect("unshare")
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let scene = Scene::new("full");
    let mut failed = 0;
    for pages in 0.. {
        // tmpfs counts in pages, and gives each file and folder one at least.
        let output = in_memory(&scene, &(4 * pages).to_string());
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => break,
            Some(2) => {
                assert!(said.contains("error: ") && said.contains("No space left on device"), "{said}")
            }
            _ => panic!("with {pages} pages: {output:?}"),
        }
        failed += 1;
    }
    println!("{failed} sizes were too small");
    assert!(failed > 10);
}

#[test]
fn a_disk_that_is_only_for_reading_is_said_and_loses_nothing() {
    let scene = Scene::new("read-only");
    let output = in_memory(&scene, "ro");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(said.starts_with("error: ") && said.contains("Read-only file system"), "{said}");
}
