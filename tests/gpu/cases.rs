//! What is declared, and what the emitted checks must say of it.

use std::{ffi::OsStr, path::Path, process::Command};

use serde_json::Value;

use crate::{
    card::Card,
    model::{Declared, deployment},
};

/// A declaration of a machine's cards, and the messages with which the checks must fail; with none, they pass.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) declared: Vec<Declared>,
    pub(crate) says: Vec<String>,
}

/// The scripts that look at GPUs, with the check of each.
const CHECKS: [(&str, &[&str], &str); 2] =
    [("preflight", &[], "gpus"), ("verify", &["--step", "compose"], "gpu-visible")];

/// The cases for these cards.
pub(crate) fn of(cards: &[Card]) -> Vec<Case> {
    let right: Vec<_> = cards.iter().map(Declared::as_shown).collect();
    let mut cases = vec![
        case("the cards as nvidia-smi shows them", right.clone(), &[]),
        case(
            "without UUIDs and PCI addresses",
            right.iter().cloned().map(|it| Declared { uuid: None, pci: None, ..it }).collect(),
            &[],
        ),
        case(
            "a card too many",
            right
                .iter()
                .chain(right.last())
                .cloned()
                .map(|it| Declared { uuid: None, pci: None, ..it })
                .collect(),
            &[&format!("GPUs found: {}, expected: {}", cards.len(), cards.len() + 1)],
        ),
    ];
    for (i, card) in cards.iter().enumerate() {
        let with = |change: &dyn Fn(&mut Declared)| {
            let mut changed = right.clone();
            change(&mut changed[i]);
            changed
        };
        let gpu = format!("gpu{i}");
        let other = if card.name.contains("RTX 4090") { "H100" } else { "RTX 4090" };
        cases.push(case(
            &format!("{gpu}: another card"),
            with(&|it| other.clone_into(&mut it.model)),
            &[&format!("{gpu} is a {0}: write `model: {0}`", card.name)],
        ));
        cases.push(case(
            &format!("{gpu}: another UUID"),
            with(&|it| it.uuid = Some("GPU-00000000-0000-0000-0000-000000000000".to_owned())),
            &[&format!("{gpu} has the UUID {0}: write `uuid: {0}`", card.uuid)],
        ));
        cases.push(case(
            &format!("{gpu}: another PCI address"),
            with(&|it| it.pci = Some("0000:ff:1f.7".to_owned())),
            &[&format!("{gpu} is at the PCI address {}", card.pci)],
        ));
        let Some(memory) = card.memory else {
            println!("not tried: the size of {gpu}, which shares its memory with the processor");
            continue;
        };
        cases.push(case(
            &format!("{gpu}: twice its memory declared"),
            with(&|it| (it.vram, it.taught) = (memory.total * 2, true)),
            &[
                &format!("{gpu} has {0} MiB, but the deployment says", memory.total),
                &format!("write `vram: {} MiB`", memory.total),
            ],
        ));
        cases.push(case(
            &format!("{gpu}: one MiB more promised than it can give"),
            with(&|it| (it.vram, it.promised, it.taught) = (memory.total + 1, memory.usable() + 1, true)),
            &[&format!("{gpu} has {} MiB for services, which need {}", memory.usable(), memory.usable() + 1)],
        ));
    }
    cases
}

fn case(name: &str, declared: Vec<Declared>, says: &[&str]) -> Case {
    Case { name: name.to_owned(), declared, says: says.iter().map(|&text| text.to_owned()).collect() }
}

/// Emits a case's checks into a folder and runs them, with the programs of a search path.
///
/// # Errors
///
/// What the checks say, where that is not what they must.
pub(crate) fn judge(case: &Case, out: &Path, path: &OsStr) -> Result<(), String> {
    omni_testbed::write(&deployment(&case.declared)?, out).map_err(|error| error.to_string())?;
    for (script, arguments, check) in CHECKS {
        let file = out.join(format!("compose/verify/{script}.sh"));
        let answer = Command::new("bash").arg(file).args(arguments).arg("--json").env("PATH", path).output();
        let answer = answer.map_err(|error| format!("bash: {error}"))?;
        // Whatever else the machine lacks: only the check of the GPUs counts here.
        let results: Vec<Value> = serde_json::from_slice(&answer.stdout)
            .map_err(|error| format!("{script}.sh: {error}: {}", String::from_utf8_lossy(&answer.stderr)))?;
        let found = results.iter().find(|result| result["check"] == check);
        let found = found.ok_or_else(|| format!("{script}.sh has no check `{check}`"))?;
        let (result, seen) = (&found["result"], found["seen"].as_str().unwrap_or_default());
        let expected = if case.says.is_empty() { "PASS" } else { "FAIL" };
        if result != expected || !case.says.iter().all(|text| seen.contains(text)) {
            return Err(format!(
                "{script}.sh: {result}: {seen}\n  expected: {expected} {}",
                case.says.join("; ")
            ));
        }
    }
    Ok(())
}
