use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;
use crate::artifact::Artifact;

mod interrupted;

const HEADER: Header = Header { deployment: "protocol-omni", version: "15.0" };
const ALL: &dyn Fn(&RelPath) -> bool = &|_| true;

fn tree(files: &[(&str, &str)]) -> ArtifactTree {
    let mut tree = ArtifactTree::default();
    for &(path, contents) in files {
        let artifact = Artifact::new(path, contents);
        tree.insert(if path.ends_with(".sh") { artifact.executable() } else { artifact }).unwrap();
    }
    tree
}

fn one() -> ArtifactTree {
    tree(&[
        ("common/deploy.sh", "one"),
        ("compose/a.yaml", "one"),
        ("k3s/deep/a.yaml", "one"),
        ("top", "same"),
    ])
}

fn two() -> ArtifactTree {
    tree(&[("common/deploy.sh", "two"), ("compose/b/c.yaml", "two"), ("top", "same")])
}

/// A folder with nothing but OUT in it.
struct Scene {
    folder: TempDir,
    out: PathBuf,
}

impl Scene {
    fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let out = folder.path().join("out");
        Self { folder, out }
    }

    fn with(tree: &ArtifactTree) -> Self {
        let scene = Self::empty();
        scene.write(tree).unwrap();
        scene
    }

    fn write(&self, tree: &ArtifactTree) -> Result<Vec<Difference>, WriteError> {
        write(&self.out, &Emission::new(HEADER, tree), Edits::Refuse, &|_| {})
    }

    fn force(&self, tree: &ArtifactTree) -> Result<Vec<Difference>, WriteError> {
        write(&self.out, &Emission::new(HEADER, tree), Edits::Overwrite, &|_| {})
    }

    fn check(&self, tree: &ArtifactTree) -> Vec<String> {
        lines(&check(&self.out, &Emission::new(HEADER, tree)).unwrap())
    }

    fn put(&self, path: &str, contents: &str) {
        let path = self.out.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }

    fn chmod(&self, path: &str, mode: u32) {
        fs::set_permissions(self.out.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.out.join(path)).unwrap()
    }

    fn staging(&self) -> PathBuf {
        self.folder.path().join(".out.omni-staging")
    }

    /// Everything in the folder: paths, and for files the mode and the contents.
    fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut todo = vec![self.folder.path().to_owned()];
        while let Some(folder) = todo.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let metadata = entry.metadata().unwrap();
                let path = entry.path();
                if metadata.is_dir() {
                    all.push(format!("{path:?} {:o}", metadata.mode()));
                    todo.push(path);
                } else {
                    let contents = metadata.is_file().then(|| fs::read(&path).ok());
                    all.push(format!("{path:?} {:o} {contents:?}", metadata.mode()));
                }
            }
        }
        all.sort();
        all
    }

    /// Whether nothing stands beside OUT.
    fn is_clean(&self) -> bool {
        fs::read_dir(self.folder.path()).unwrap().all(|entry| entry.unwrap().file_name() == "out")
    }

    /// Fails if writing did anything.
    fn refuses(&self, write: impl FnOnce(&Self) -> Result<Vec<Difference>, WriteError>) -> String {
        let before = self.everything();
        let error = write(self).unwrap_err();
        assert_eq!(before, self.everything());
        error.to_string().replace(self.folder.path().to_str().unwrap(), "")
    }
}

fn lines(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(Difference::to_string).collect()
}

#[test]
fn a_missing_folder_is_made_with_those_above_it() {
    let mut scene = Scene::empty();
    let top = scene.out.clone();
    scene.out = top.join("a/b/");
    assert_eq!(
        lines(&scene.write(&tree(&[("x.sh", "x")])).unwrap()),
        ["missing   .omni-manifest.json", "missing   x.sh"]
    );
    assert_eq!(scene.text("x.sh"), "x\n");
    assert_eq!(fs::read_dir(top.join("a")).unwrap().count(), 1);
}

#[test]
fn an_empty_folder_is_taken_and_keeps_its_permissions() {
    let scene = Scene::empty();
    fs::create_dir(&scene.out).unwrap();
    scene.chmod("", 0o2750);
    for tree in [one(), two()] {
        scene.write(&tree).unwrap();
        assert_eq!(scene.check(&tree), [""; 0]);
        assert_eq!(fs::metadata(&scene.out).unwrap().mode() & 0o7777, 0o2750);
    }
    assert!(scene.is_clean());
}

#[test]
fn a_file_gets_exactly_its_mode() {
    let scene = Scene::empty();
    scene.write(&one()).unwrap();
    let mode = |path| fs::metadata(scene.out.join(path)).unwrap().mode() & 0o7777;
    assert_eq!(["top", "common/deploy.sh"].map(mode), [0o644, 0o755]);
}

#[test]
fn a_tree_replaces_another() {
    let scene = Scene::with(&one());
    let changes = [
        "outdated  .omni-manifest.json",
        "outdated  common/deploy.sh",
        "obsolete  compose/a.yaml",
        "missing   compose/b/c.yaml",
        "obsolete  k3s/deep/a.yaml",
    ];
    assert_eq!(scene.check(&two()), changes);
    assert_eq!(lines(&scene.write(&two()).unwrap()), changes);
    assert_eq!(scene.check(&two()), [""; 0]);
    assert_eq!(scene.text("common/deploy.sh"), "two\n");
    assert!(!scene.out.join("k3s").exists());
    assert!(scene.is_clean());
}

#[test]
fn an_unchanged_tree_is_not_written() {
    let scene = Scene::with(&one());
    let identity = || fs::metadata(&scene.out).map(|out| (out.ino(), out.ctime_nsec())).unwrap();
    let before = identity();
    assert_eq!(scene.write(&one()).unwrap(), []);
    assert_eq!(identity(), before);
}

#[test]
fn the_same_tree_gives_the_same_bytes() {
    let [a, b] = [Scene::with(&one()), Scene::with(&two())];
    b.write(&one()).unwrap();
    assert_eq!(a.text(MANIFEST), b.text(MANIFEST));
}

#[test]
fn a_check_writes_nothing() {
    let scene = Scene::empty();
    let before = scene.everything();
    assert_eq!(scene.check(&tree(&[("x", "")])), ["missing   .omni-manifest.json", "missing   x"]);
    assert_eq!(scene.everything(), before);
    scene.write(&one()).unwrap();
    let before = scene.everything();
    assert!(!scene.check(&two()).is_empty());
    assert_eq!(scene.everything(), before);
}

#[test]
fn strangers_are_refused_even_by_force() {
    let scene = Scene::with(&one());
    scene.put("compose/.env", "PASSWORD=x");
    scene.put("mine/a/b", "");
    scene.put("a\u{1b}[31m", "");
    fs::create_dir_all(scene.out.join("k3s/empty")).unwrap();
    symlink("/etc", scene.out.join("etc")).unwrap();
    fs::remove_file(scene.out.join("top")).unwrap();
    symlink("/etc/passwd", scene.out.join("top")).unwrap();
    let strangers = [
        r"stranger  a\u{1b}[31m",
        "stranger  compose/.env",
        "stranger  etc",
        "stranger  k3s/empty/",
        "stranger  mine/",
        "stranger  top",
    ];
    let message = format!(
        "`/out` holds what omni did not write or what was edited since, so nothing is written:\n  {}\n\
         move strangers away; change the model instead of edited files, or overwrite them with `--force`",
        strangers.join("\n  ")
    );
    assert_eq!(scene.refuses(|scene| scene.write(&two())), message);
    assert_eq!(scene.refuses(|scene| scene.force(&two())), message);
    let listed = scene.check(&one());
    assert!(strangers.iter().all(|&stranger| listed.contains(&stranger.to_owned())), "{listed:?}");
}

#[test]
fn a_name_that_is_no_text_is_a_strangers() {
    use std::os::unix::ffi::OsStrExt;
    let scene = Scene::with(&one());
    fs::write(scene.out.join(std::ffi::OsStr::from_bytes(b"a\xff")), "").unwrap();
    assert_eq!(scene.check(&one()), ["stranger  a\u{fffd}"]);
}

#[test]
fn a_folder_of_others_is_refused() {
    let scene = Scene::empty();
    scene.put("notes/today", "");
    scene.put("x", "");
    let message = scene.refuses(|scene| scene.force(&tree(&[("x", "")])));
    assert!(message.contains(":\n  stranger  notes/\n  stranger  x\nmove"), "{message}");
}

#[test]
fn edited_files_are_overwritten_by_force_only() {
    let scene = Scene::with(&one());
    scene.put("common/deploy.sh", "mine");
    scene.put("k3s/deep/a.yaml", "mine");
    scene.chmod("top", 0o744);
    scene.chmod("common/deploy.sh", 0o655);
    let edited = [
        "edited    common/deploy.sh (contents, no longer executable)",
        "edited    k3s/deep/a.yaml (contents)",
        "edited    top (made executable)",
    ];
    assert_eq!(scene.check(&one()), edited);
    for tree in [one(), two()] {
        let message = scene.refuses(|scene| scene.write(&tree));
        assert!(message.contains(&edited.join("\n  ")), "{message}");
    }
    assert_eq!(lines(&scene.force(&one()).unwrap()), edited);
    assert_eq!(scene.check(&one()), [""; 0]);
}

#[test]
fn of_a_mode_the_owners_executable_bit_counts() {
    // Clones under umask 002, 027 and 077. Git does not keep a setuid bit either.
    for [file, program] in [[0o664, 0o775], [0o640, 0o750], [0o600, 0o700], [0o645, 0o4754]] {
        let scene = Scene::with(&one());
        for path in ["k3s/deep/a.yaml", "compose/a.yaml", "top", MANIFEST] {
            scene.chmod(path, file);
        }
        scene.chmod("common/deploy.sh", program);
        assert_eq!(scene.check(&one()), [""; 0], "{program:o}");
        assert_eq!(lines(&scene.write(&one()).unwrap()), [""; 0], "{program:o}");
        scene.write(&two()).unwrap();
        assert_eq!(scene.check(&two()), [""; 0], "{program:o}");
    }
}

/// As earlier versions wrote `.env.example`.
#[test]
fn a_manifest_with_another_mode_is_brought_up_to_date() {
    let scene = Scene::with(&one());
    scene.put(MANIFEST, &scene.text(MANIFEST).replacen("0644", "0600", 1));
    scene.chmod("compose/a.yaml", 0o600);
    assert_eq!(scene.check(&one()), ["outdated  .omni-manifest.json"]);
    scene.write(&one()).unwrap();
    assert_eq!(scene.check(&one()), [""; 0]);
    assert_eq!(fs::metadata(scene.out.join("compose/a.yaml")).unwrap().mode() & 0o7777, 0o644);
}

#[test]
fn an_edit_that_is_what_would_be_written_is_none() {
    let scene = Scene::with(&tree(&[("x", "one")]));
    scene.put("x", "two\n");
    let model = tree(&[("x", "two")]);
    assert_eq!(lines(&scene.write(&model).unwrap()), ["outdated  .omni-manifest.json"]);
    assert_eq!(scene.check(&model), [""; 0]);
}

#[test]
fn a_deleted_file_is_restored() {
    let scene = Scene::with(&one());
    fs::remove_dir_all(scene.out.join("k3s")).unwrap();
    fs::remove_file(scene.out.join("top")).unwrap();
    let missing = ["missing   k3s/deep/a.yaml", "missing   top"];
    assert_eq!(scene.check(&one()), missing);
    assert_eq!(lines(&scene.write(&one()).unwrap()), missing);
    assert_eq!(scene.check(&one()), [""; 0]);
}

#[test]
fn without_a_manifest_all_are_strangers() {
    let scene = Scene::with(&tree(&[("a/b", ""), ("x", "")]));
    fs::remove_file(scene.out.join(MANIFEST)).unwrap();
    assert_eq!(scene.check(&tree(&[])), ["missing   .omni-manifest.json", "stranger  a/", "stranger  x"]);
    scene.refuses(|scene| scene.force(&one()));
}

#[test]
fn a_manifest_that_was_edited_is_refused() {
    let scene = Scene::with(&one());
    scene.put(MANIFEST, &scene.text(MANIFEST).replace("  ", "\t"));
    assert_eq!(
        scene.refuses(|scene| scene.force(&one())),
        "`/out/.omni-manifest.json` is not as omni wrote it: it was edited; restore it, or move the folder \
         away and emit again"
    );
    assert!(check(&scene.out, &Emission::new(HEADER, &one())).is_err());
    fs::remove_file(scene.out.join(MANIFEST)).unwrap();
    symlink("/etc/passwd", scene.out.join(MANIFEST)).unwrap();
    let message = scene.refuses(|scene| scene.force(&one()));
    assert!(message.starts_with("cannot read `/out/.omni-manifest.json`: "), "{message}");
}

#[test]
fn out_must_be_a_folder_with_a_name() {
    let tree = one();
    let emission = Emission::new(HEADER, &tree);
    for path in ["", ".", "..", "/", "a/..", "../.."] {
        let expected =
            format!("`{path}` does not end in a folder's name; emit into a folder below it, as in `out`");
        assert_eq!(
            write(Path::new(path), &emission, Edits::Refuse, &|_| {}).unwrap_err().to_string(),
            expected
        );
        assert_eq!(check(Path::new(path), &emission).unwrap_err().to_string(), expected);
    }
    let scene = Scene::empty();
    fs::write(&scene.out, "").unwrap();
    assert_eq!(
        scene.refuses(|scene| scene.force(&tree)),
        "`/out` is a file, not a folder; move it away, or choose another name"
    );
    fs::remove_file(&scene.out).unwrap();
    symlink("/etc", &scene.out).unwrap();
    assert_eq!(
        scene.refuses(|scene| scene.force(&tree)),
        "`/out` is a symbolic link, not a folder; move it away, or choose another name"
    );
}

#[test]
fn an_artifact_cannot_be_the_manifest() {
    let scene = Scene::empty();
    let message = scene.refuses(|scene| {
        let written = scene.write(&tree(&[(MANIFEST, "")]));
        assert!(!scene.out.exists());
        written
    });
    assert_eq!(message, "an artifact is named `.omni-manifest.json`, as omni's own manifest is");
}

#[test]
fn a_part_leaves_the_rest_as_it_stands() {
    let scene = Scene::with(&one());
    scene.put("compose/a.yaml", "mine");
    fs::remove_file(scene.out.join("top")).unwrap();
    let tree = two();
    let part =
        Emission { only: &|path| path.as_str().starts_with("common/"), ..Emission::new(HEADER, &tree) };
    let changes = ["outdated  .omni-manifest.json", "outdated  common/deploy.sh"];
    assert_eq!(lines(&check(&scene.out, &part).unwrap()), changes);
    assert_eq!(lines(&write(&scene.out, &part, Edits::Refuse, &|_| {}).unwrap()), changes);
    assert_eq!(check(&scene.out, &part).unwrap(), []);
    assert_eq!(scene.text("common/deploy.sh"), "two\n");
    assert_eq!(scene.text("compose/a.yaml"), "mine");
    // The edited, the deleted and the obsolete file are still known.
    assert_eq!(
        scene.check(&tree),
        [
            "outdated  .omni-manifest.json",
            "edited    compose/a.yaml (contents)",
            "missing   compose/b/c.yaml",
            "obsolete  k3s/deep/a.yaml",
            "missing   top"
        ]
    );
}

#[test]
fn a_part_can_be_all_there_is() {
    let scene = Scene::empty();
    let tree = one();
    let part =
        Emission { only: &|path| path.as_str().starts_with("compose/"), ..Emission::new(HEADER, &tree) };
    write(&scene.out, &part, Edits::Refuse, &|_| {}).unwrap();
    assert_eq!(check(&scene.out, &part).unwrap(), []);
    assert_eq!(fs::read_dir(&scene.out).unwrap().count(), 2);
}

#[test]
fn a_part_does_not_hide_strangers_or_its_own_edits() {
    let scene = Scene::with(&one());
    let tree = one();
    let part =
        Emission { only: &|path| path.as_str().starts_with("common/"), ..Emission::new(HEADER, &tree) };
    scene.put("k3s/mine", "");
    scene.put("common/deploy.sh", "mine");
    let message = scene.refuses(|scene| write(&scene.out, &part, Edits::Refuse, &|_| {}));
    let list = "edited    common/deploy.sh (contents)\n  stranger  k3s/mine";
    assert!(message.contains(list), "{message}");
}

#[test]
fn a_part_of_another_deployment_is_refused() {
    let scene = Scene::with(&one());
    let tree = two();
    let header = Header { deployment: "minimal", version: "1" };
    let part = Emission { header, tree: &tree, only: &|path| path.as_str().starts_with("common/") };
    assert_eq!(
        scene.refuses(|scene| write(&scene.out, &part, Edits::Overwrite, &|_| {})),
        "`/out` holds `protocol-omni`; a part of `minimal` cannot stand beside it: emit the whole, or choose \
         another folder"
    );
    write(&scene.out, &Emission { only: ALL, ..part }, Edits::Refuse, &|_| {}).unwrap();
    assert_eq!(check(&scene.out, &Emission::new(header, &tree)).unwrap(), []);
}
