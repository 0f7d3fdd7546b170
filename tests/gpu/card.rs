//! The cards of a machine, as `nvidia-smi` shows them.

use std::{fs, io, process::Command};

/// A card. Sizes are in MiB; a card that shares its memory with the processor has none of its own.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) name: String,
    pub(crate) uuid: String,
    pub(crate) pci: String,
    pub(crate) memory: Option<Memory>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) total: u64,
    pub(crate) reserved: u64,
}

impl Memory {
    /// What programs can have of it.
    pub(crate) fn usable(self) -> u64 {
        self.total - self.reserved
    }
}

const QUERY: &str = "--query-gpu=name,uuid,pci.bus_id,memory.total,memory.reserved";

/// The cards of this machine, or why there are none.
///
/// # Errors
///
/// If a card is there and `nvidia-smi` does not show it.
pub(crate) fn on_this_machine() -> Result<Result<Vec<Card>, String>, String> {
    let answer = match Command::new("nvidia-smi").args([QUERY, "--format=csv,noheader,nounits"]).output() {
        Ok(answer) => answer,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match pci_devices() {
                0 => Ok(Err("there is no nvidia-smi".to_owned())),
                count => Err(format!("{count} NVIDIA devices on the PCI bus, and no nvidia-smi")),
            };
        }
        Err(error) => return Err(format!("nvidia-smi: {error}")),
    };
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let text = said(&answer.stdout);
    match answer.status.success() {
        true => text.lines().map(card).collect::<Result<Vec<_>, _>>().map(Ok),
        // The program alone makes no GPU: a container's image may bring it.
        false if pci_devices() == 0 => Ok(Err(format!("nvidia-smi finds none: {text}"))),
        false => Err(format!("nvidia-smi does not answer: {text} {}", said(&answer.stderr))),
    }
}

fn card(line: &str) -> Result<Card, String> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [name, uuid, pci, total, reserved] = fields[..] else {
        return Err(format!("nvidia-smi prints `{line}`"));
    };
    let memory = total.parse().ok().map(|total| Memory { total, reserved: reserved.parse().unwrap_or(0) });
    Ok(Card { name: name.to_owned(), uuid: uuid.to_owned(), pci: pci.to_owned(), memory })
}

/// How many display controllers and accelerators of NVIDIA's are on the PCI bus: vendor 10de, classes 03 and 12.
/// <https://pci-ids.ucw.cz/read/PD>
fn pci_devices() -> usize {
    let devices = fs::read_dir("/sys/bus/pci/devices").into_iter().flatten().flatten();
    let has = |device: &fs::DirEntry, file: &str, starts: &[&str]| {
        let text = fs::read_to_string(device.path().join(file)).unwrap_or_default();
        starts.iter().any(|start| text.starts_with(start))
    };
    let is_gpu =
        |device: &fs::DirEntry| has(device, "vendor", &["0x10de"]) && has(device, "class", &["0x03", "0x12"]);
    devices.filter(is_gpu).count()
}
