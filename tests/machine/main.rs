//! The host's steps of the plan, on a Debian machine that boots: deployed, judged by the emitted checks, and undone.
//!
//! `tests/install machine`, then `cargo test -p omni-machine-tier` as root; `-- WORD…` for the cases whose names hold one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    env,
    error::Error,
    fs, io,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

use omni::Checked;

mod cases;
mod containers;
mod disk;
mod guest;
mod images;
mod model;
mod state;

/// The machine as it is when nothing is deployed.
const UNTOUCHED: &str = "untouched";

/// What the cases have in common.
pub(crate) struct Site {
    pub(crate) guest: guest::Guest,
    /// The plan's host, and the same without what wants a new start. Each is emitted to a folder on the machine.
    pub(crate) model: Checked,
    pub(crate) untouched: state::State,
    /// Where the disks are.
    folder: PathBuf,
}

/// The folder of the whole bundle on the machine, and that of the one without the kernel's parameters.
pub(crate) const WHOLE: &str = "/srv/whole";
pub(crate) const WITHOUT_KERNEL: &str = "/srv/without-kernel";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let start = Instant::now();
    let mut site = match build() {
        Ok(site) => site,
        Err(error) => {
            println!("machine: {error}\n0 passed, 1 failed");
            return ExitCode::FAILURE;
        }
    };
    println!("the machine is up after {:.0?}", start.elapsed());
    let (mut passed, mut failed) = (0, 0);
    for (name, case) in cases::ALL.iter().filter(|(name, _)| wanted(name)) {
        let start = Instant::now();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
            if passed + failed > 0 {
                site.guest.restore(UNTOUCHED)?;
            }
            case(&mut site)
        }));
        if let Ok(Ok(())) = outcome {
            passed += 1;
            println!("ok      {name} ({:.0?})", start.elapsed());
        } else {
            failed += 1;
            println!("FAILED  {name} ({:.0?})", start.elapsed());
            if let Ok(Err(error)) = outcome {
                println!("{error}");
            }
            println!("the end of the machine's console:\n{}", site.guest.console());
        }
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The machine, with both bundles on it.
fn build() -> Result<Site, Box<dyn Error>> {
    let disks = disk::disks()?;
    let model = model::of_the_host(&omni_testbed::v15())?;
    let images = images::disk(&disks.folder)?;
    let guest = guest::Guest::boot(&disks, &images)?;
    let without_kernel = model::without_kernel(&model)?;
    let untouched = state::State::default();
    let mut site = Site { guest, model, untouched, folder: disks.folder };
    site.put(&site.model, WHOLE)?;
    site.put(&without_kernel, WITHOUT_KERNEL)?;
    site.untouched = state::State::of(&site.guest)?;
    site.guest.keep(UNTOUCHED)?;
    Ok(site)
}

impl Site {
    /// Puts a deployment's bundle on the machine.
    pub(crate) fn put(&self, model: &Checked, folder: &str) -> io::Result<()> {
        let out = self.folder.join(format!("out-{}", std::process::id()));
        omni_testbed::write(model, &out)?;
        self.guest.copy(&out, folder)?;
        fs::remove_dir_all(&out)
    }
}
