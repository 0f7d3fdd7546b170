//! The emitted checks of GPUs, on the cards of this machine: declared as they are, and wrongly.
//!
//! `cargo test -p omni-gpu-tier`. First the cases are tried with a stand-in for `nvidia-smi`, so that they are known to notice what
//! they should. Where the machine has no GPU, that is all, and the last line says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::ExitCode,
};

mod card;
mod cases;
mod model;

use card::{Card, Memory};

fn main() -> ExitCode {
    let tried = stand_ins().and_then(|()| match card::on_this_machine()? {
        Err(none) => {
            println!("skipped: no GPU was tried, since this machine has none: {none}");
            Ok(())
        }
        Ok(cards) => {
            let names: Vec<_> = cards.iter().map(|card| card.name.as_str()).collect();
            let path = env::var_os("PATH").unwrap_or_default();
            try_all(&format!("on {}", names.join(", ")), &cards, &path)
        }
    });
    match tried {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED  {error}");
            ExitCode::FAILURE
        }
    }
}

/// Every case of these cards.
fn try_all(place: &str, cards: &[Card], path: &OsStr) -> Result<(), String> {
    let out = tempfile::tempdir().unwrap();
    let cases = cases::of(cards);
    for (i, case) in cases.iter().enumerate() {
        let folder = out.path().join(i.to_string());
        cases::judge(case, &folder, path).map_err(|error| format!("{place}: {}: {error}", case.name))?;
        println!("ok      {place}: {}", case.name);
    }
    println!("{} passed {place}", cases.len());
    Ok(())
}

fn shown(name: &str, number: u8, total: u64, reserved: u64) -> Card {
    Card {
        name: name.to_owned(),
        uuid: format!("GPU-5f0e3f7a-1f3e-4b0a-9c11-3b8d4c0f9a{number:02x}"),
        pci: format!("00000000:{number:02X}:00.0"),
        memory: Some(Memory { total, reserved }),
    }
}

/// The cases with programs that print what cards show; and, so that a check that passes by itself is found, with programs that
/// print something else than what is declared.
fn stand_ins() -> Result<(), String> {
    // An H100's figures: 81,559 MiB, of which 480 are reserved.
    let h100 = shown("NVIDIA H100 80GB HBM3", 0x1b, 81_559, 480);
    let two = [shown("NVIDIA L40S", 1, 46_068, 0), shown("NVIDIA GeForce RTX 5090", 2, 32_607, 0)];
    let folder = tempfile::tempdir().unwrap();
    let with = |name: &str, cards: &[Card]| stand_in(&folder.path().join(name), cards);
    let one_card = [h100.clone()];
    try_all("with a stand-in for an H100", &one_card, &with("h100", &one_card))?;
    try_all("with a stand-in for two cards", &two, &with("two", &two))?;
    let less = Card { memory: Some(Memory { total: 81_559, reserved: 481 }), ..h100.clone() };
    let moved = Card { pci: "00000000:1C:00.0".to_owned(), ..h100 };
    for (name, shows) in [("one MiB less", less), ("another place", moved)] {
        let right = &cases::of(&one_card)[0];
        let path = with(&name.replace(' ', "-"), &[shows]);
        if cases::judge(right, &folder.path().join(format!("out {name}")), &path).is_ok() {
            return Err(format!("{name}: the checks pass on a card that is not the declared one"));
        }
    }
    Ok(())
}

/// A search path that begins with a folder with a stand-in for `nvidia-smi`. It prints the fields that it is asked for.
fn stand_in(folder: &Path, cards: &[Card]) -> OsString {
    fs::create_dir_all(folder).unwrap();
    let fields = |card: &Card| {
        let memory = card.memory.map_or(["[N/A]".to_owned(), "[N/A]".to_owned()], |it| {
            [it.total.to_string(), it.reserved.to_string()]
        });
        let [total, reserved] = memory;
        format!(
            "for field in $(tr , ' ' <<<\"$fields\"); do\n  case $field in\n    name) values+=('{}') ;;\n    uuid) values+=('{}') ;;\n    \
             pci.bus_id) values+=('{}') ;;\n    memory.total) values+=('{total}') ;;\n    memory.reserved) values+=('{reserved}') ;;\n    \
             *) exit 2 ;;\n  esac\ndone\nprint\n",
            card.name, card.uuid, card.pci
        )
    };
    let cards: String = cards.iter().map(fields).collect();
    let script = format!(
        "#!/usr/bin/env bash\nset -eu\nfields=${{1#--query-gpu=}} values=()\nprint() {{\n  local line\n  \
         line=$(printf '%s, ' \"${{values[@]}}\")\n  echo \"${{line%, }}\"\n  values=()\n}}\n{cards}"
    );
    let program = folder.join("nvidia-smi");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut path = folder.as_os_str().to_owned();
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    path
}
