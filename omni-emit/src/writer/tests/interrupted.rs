//! Runs that fail, are killed, or meet another.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::sync::Barrier;

use rustix::fs::{Mode, OFlags};

use super::*;

#[test]
fn a_failed_run_leaves_the_old_tree_alone() {
    let scene = Scene::with(&one());
    let before = scene.everything();
    let too_long = "x".repeat(300);
    let error = scene.write(&tree(&[("a/b/c", ""), (&format!("m/{too_long}"), ""), ("z", "")])).unwrap_err();
    assert!(error.to_string().contains(&format!("/.out.omni-staging/m/{too_long}`: ")), "{error}");
    assert_eq!(scene.everything(), before);
}

#[test]
fn what_an_interrupted_run_staged_is_removed() {
    let manifest = Scene::with(&two()).text(MANIFEST);
    // Interrupted when it had made the folder; in the manifest; in a file.
    let states: [&[(&str, &str)]; 3] =
        [&[], &[(MANIFEST, &manifest[..40])], &[(MANIFEST, &manifest), ("common/deploy.sh", "tw")]];
    for state in states {
        let scene = Scene::with(&one());
        fs::create_dir(scene.staging()).unwrap();
        fs::write(scene.folder.path().join(".out.omni-lock"), "").unwrap();
        for &(path, contents) in state {
            let path = scene.staging().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, contents).unwrap();
        }
        fs::create_dir_all(scene.staging().join(if state.len() == 2 { "compose/b" } else { "" })).unwrap();
        assert_eq!(scene.check(&one()), [""; 0]);
        scene.write(&two()).unwrap();
        assert_eq!(scene.check(&two()), [""; 0]);
        assert!(scene.is_clean());
    }
}

#[test]
fn the_old_tree_that_an_interrupted_run_left_is_removed() {
    let scene = Scene::with(&one());
    fs::rename(&scene.out, scene.staging()).unwrap();
    fs::remove_file(scene.staging().join("top")).unwrap();
    scene.write(&two()).unwrap();
    assert_eq!(scene.check(&two()), [""; 0]);
    assert!(scene.is_clean());
}

#[test]
fn a_strangers_file_in_the_staging_folder_is_not_touched() {
    let scene = Scene::with(&one());
    fs::create_dir(scene.staging()).unwrap();
    fs::write(scene.staging().join("mine"), "").unwrap();
    assert_eq!(
        scene.refuses(|scene| scene.force(&two())),
        "`/.out.omni-staging` is left of an interrupted run and holds what omni did not write:\n  \
         stranger  mine\nmove it away"
    );
    fs::remove_dir_all(scene.staging()).unwrap();
    symlink("/etc", scene.staging()).unwrap();
    assert_eq!(
        scene.refuses(|scene| scene.force(&two())),
        "`/.out.omni-staging` is a symbolic link, not a folder; move it away, or choose another name"
    );
}

#[test]
fn what_changes_during_the_run_is_put_back() {
    let scene = Scene::with(&one());
    let found = inspect(&scene.out).unwrap();
    let tree = two();
    let emission = Emission::new(HEADER, &tree);
    let place = Place::new(&scene.out).unwrap();
    let stage = || {
        let files = emission.files(&scene.out, &found).unwrap();
        disk::stage(&place.staging, &emission.manifest(&found), &files).unwrap();
    };
    stage();
    scene.put("mine", "");
    let before = scene.everything().into_iter().filter(|line| !line.contains("staging")).collect::<Vec<_>>();
    let error = place.replace(&found).unwrap_err();
    assert!(matches!(error, WriteError::Changed(_)), "{error}");
    assert_eq!(scene.everything(), before);

    // The same where OUT was missing when it was looked at.
    stage();
    let error = place.replace(&Found::default()).unwrap_err();
    assert!(matches!(error, WriteError::Io { doing: "create", .. }), "{error}");
    assert_eq!(scene.everything(), before);
}

#[test]
fn a_file_system_that_cannot_exchange_is_named() {
    let scene = Scene::empty();
    let place = Place::new(&scene.out).unwrap();
    let message = place.exchange().unwrap_err().to_string();
    assert!(message.starts_with("cannot exchange `"), "{message}");
    assert!(message.ends_with("emit again, or emit into another file system"), "{message}");
}

#[test]
fn a_lock_is_a_plain_file_and_nobody_waits_for_anything_else() {
    let lock = |scene: &Scene| scene.folder.path().join(".out.omni-lock");
    let fifo = |path: &Path| {
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    };
    type Make<'a> = &'a dyn Fn(&Path);
    let makes: [(&str, Make<'_>); 5] = [
        ("a named pipe", &fifo),
        ("a folder", &|path| fs::create_dir(path).unwrap()),
        ("a symbolic link", &|path| symlink("/dev/zero", path).unwrap()),
        ("a socket", &|path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())),
        // With somebody at its other end it can be opened.
        ("a named pipe", &|path| {
            fifo(path);
            let other = rustix::fs::open(path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()).unwrap();
            std::mem::forget(other);
        }),
    ];
    for (what, make) in makes {
        let scene = Scene::with(&one());
        make(&lock(&scene));
        let message = scene.refuses(|scene| scene.write(&two()));
        let expected =
            format!("`/.out.omni-lock` is {what}, not a plain file, so nobody can wait for it; move it away");
        assert_eq!(message, expected);
    }
}

#[test]
fn who_waits_says_for_whom() {
    let scene = Scene::with(&one());
    let path = scene.folder.path().join(".out.omni-lock");
    let waits_for = |held: disk::Lock| {
        let (held, said) = (std::cell::RefCell::new(Some(held)), std::cell::RefCell::new(Vec::new()));
        let waits = |waiting: &Waiting<'_>| {
            said.borrow_mut().push(waiting.to_string());
            held.borrow_mut().take();
        };
        write(&scene.out, &Emission::new(HEADER, &two()), Edits::Refuse, &waits).unwrap();
        said.into_inner()
    };
    let own = std::process::id();
    let said = waits_for(disk::Lock::take(&path, &|_| {}).unwrap());
    assert_eq!(said, [format!("waiting for `{}`, which process {own} holds", path.display())]);
    let held = disk::Lock::take(&path, &|_| {}).unwrap();
    fs::write(&path, "").unwrap();
    let said = waits_for(held);
    assert_eq!(said, [format!("waiting for `{}`, which another process holds", path.display())]);
    assert!(scene.is_clean());
}

#[test]
fn two_runs_at_once_leave_one_whole_tree() {
    let scene = Scene::empty();
    let barrier = Barrier::new(2);
    std::thread::scope(|threads| {
        for tree in [one(), two()] {
            let (scene, barrier) = (&scene, &barrier);
            threads.spawn(move || {
                for _ in 0..10 {
                    barrier.wait();
                    scene.write(&tree).unwrap();
                }
            });
        }
    });
    assert!(scene.check(&one()).is_empty() || scene.check(&two()).is_empty());
    assert!(scene.is_clean());
}

/// The test runs itself as the process that it kills.
#[test]
fn a_killed_run_leaves_one_whole_tree() {
    const OUT: &str = "OMNI_TEST_OUT";
    if let Some(out) = std::env::var_os(OUT) {
        loop {
            for tree in [one(), two()] {
                write(Path::new(&out), &Emission::new(HEADER, &tree), Edits::Refuse, &|_| {}).unwrap();
                // Past what the harness catches.
                std::io::stdout().write_all(b"written\n").unwrap();
            }
        }
    }
    let scene = Scene::empty();
    let mut interrupted = 0;
    for round in 0..20 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer::tests::interrupted::a_killed_run_leaves_one_whole_tree"])
            .env(OUT, &scene.out)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Open until the end, or the child would fail by itself.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.by_ref().map(Result::unwrap).any(|line| line == "written"));
        // Anywhere in one of the following runs.
        std::thread::sleep(std::time::Duration::from_micros(150 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        interrupted += usize::from(!scene.is_clean());
        assert!(scene.check(&one()).is_empty() || scene.check(&two()).is_empty(), "round {round}");
    }
    println!("{interrupted} of 20 were interrupted in their work");
    scene.write(&one()).unwrap();
    scene.write(&two()).unwrap();
    assert!(scene.is_clean());
}
