//! `deploy.sh` asks `preflight.sh` before it changes anything.

use std::fs;

use crate::stage::{Run, Stage, is_root};

/// Where a deployment keeps what it must know.
const STATE: &str = "/var/lib/omni";

/// v15 with a preflight that ends as `code` says and writes down what it is told.
fn deploy(name: &str, code: i32, words: &str) -> Run {
    assert!(is_root(), "the stage has mounts: run this tier as root");
    let stage = Stage::new(&format!("preflight-{name}"), |_| Vec::new());
    let preflight = stage.root.join("out/compose/verify/preflight.sh");
    fs::write(&preflight, format!("#!/bin/bash\necho \"asked: $*\"\nexit {code}\n")).unwrap();
    // The first step is about the kernel: it stops before it does anything.
    stage.program("update-grub", "exit 1");
    stage.bash(&format!(
        "mount -t tmpfs tmpfs /etc/default; set +e; out/compose/deploy.sh {words}; status=$?; ls -d {STATE}; exit $status"
    ))
}

const CONFIRMED: &str = "--confirm TITANIUM-PRIME-GO";

#[test]
fn what_preflight_finds_stops_it_before_anything_is_changed() {
    for words in [CONFIRMED.to_owned(), format!("{CONFIRMED} --from secrets")] {
        let Run { status, said } = deploy("stops", 1, &words);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("asked: --quiet --allow-skip\n"), "{said}");
        assert!(said.contains("the preflight failed and nothing was changed"), "{said}");
        assert!(!said.contains(&format!("{STATE}\n")), "{said}");
    }
}

#[test]
fn a_preflight_that_passes_lets_it_begin() {
    let Run { said, .. } = deploy("passes", 0, CONFIRMED);
    assert!(said.contains("asked: ") && said.contains("deploy: kernel: "), "{said}");
    assert!(said.contains(&format!("\n{STATE}\n")), "{said}");
}

#[test]
fn who_skips_it_is_not_asked() {
    let Run { said, .. } = deploy("skipped", 1, &format!("{CONFIRMED} --skip-preflight"));
    assert!(!said.contains("asked: ") && said.contains("deploy: kernel: "), "{said}");
}

#[test]
fn what_changes_nothing_needs_no_preflight() {
    for words in ["--list", "--dry-run", "--help", "--dry-run --from secrets"] {
        let Run { status, said } = deploy("nothing", 1, words);
        assert!(status == 0 && !said.contains("asked: "), "{words}: {said}");
    }
    let Run { status, said } = deploy("nothing", 1, "");
    assert!(status == 1 && said.contains("must be confirmed") && !said.contains("asked: "), "{said}");
}
