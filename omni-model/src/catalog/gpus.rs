//! NVIDIA GPUs: compute capability, memory and required kernel parameters.
//!
//! A card is sold with a round size. `nvidia-smi` shows less (`memory.total`), and programs can use even less, because the driver
//! and the firmware keep `memory.reserved`. <https://docs.nvidia.com/deploy/nvidia-smi/index.html>

use crate::units::Bytes;

/// A GPU model.
#[derive(Debug)]
pub struct Model {
    /// The part of its name that identifies it.
    pub name: &'static str,
    /// Its compute capability, as a number: 120 is 12.0.
    pub sm: u16,
    /// The memory sizes that it is sold with, the smallest first.
    pub vram: &'static [Vram],
    /// The kernel parameters that it needs.
    pub needs: &'static [Need],
    /// Where its compute capability is documented. The memory sizes are on the page of the product.
    pub source: &'static str,
}

/// A memory size of a card.
#[derive(Clone, Copy, Debug)]
pub struct Vram {
    /// The size that it is sold with, in GiB.
    pub sold: u64,
    /// The values that `nvidia-smi` shows as `memory.total`, in MiB, the smallest first. There are several if ECC can be turned off,
    /// and none if no published value is known.
    pub shown: &'static [u64],
    /// The value that `nvidia-smi` shows as `memory.reserved`, in MiB, if it has been measured.
    pub reserved: Option<u64>,
}

/// A size that is sold, and the values that `nvidia-smi` shows with current drivers (510 and newer).
const fn vram(sold: u64, shown: &'static [u64]) -> Vram {
    Vram { sold, shown, reserved: None }
}

/// A kernel parameter that a GPU needs.
#[derive(Debug)]
pub struct Need {
    /// The parameter with its value.
    pub parameter: &'static str,
    /// Where this is documented.
    pub source: &'static str,
}

const fn gpu(name: &'static str, sm: u16, vram: &'static [Vram]) -> Model {
    Model { name, sm, vram, needs: &[], source: SOURCE }
}

/// The guide to the CPU on the board of a GH200. The GPU shares its memory.
const GRACE: &str = "https://nvidia.github.io/grace-cpu-benchmarking-guide/platform/index.html";

const SOURCE: &str = "https://developer.nvidia.com/cuda-gpus";

/// GDDR6 with ECC, which uses a sixteenth of the memory. The second value is without ECC.
const ECC_48: Vram = vram(48, &[46_068, 49_140]);

/// The models that Omni knows.
///
/// The values of `nvidia-smi` are from its tables in public reports: RTX 5090
/// (<https://github.com/noonghunna/club-3090/issues/1229>), RTX 4090 (<https://github.com/RLinf/RLinf/issues/255>), RTX 3090
/// (<https://github.com/noonghunna/club-3090/issues/390>), the others from reports of many machines with the same value. The
/// reserved part of H100 was measured on one card, with `nvidia-smi --query-gpu=memory.total,memory.reserved`.
pub static MODELS: &[Model] = &[
    gpu("B200", 100, &[vram(180, &[183_359]), vram(192, &[])]),
    gpu("RTX PRO 6000 Blackwell", 120, &[vram(96, &[97_887])]),
    gpu("RTX PRO 5000 Blackwell", 120, &[vram(48, &[]), vram(72, &[73_415])]),
    gpu("RTX PRO 4500 Blackwell", 120, &[vram(32, &[])]),
    gpu("RTX PRO 4000 Blackwell", 120, &[vram(24, &[])]),
    gpu("RTX 5090", 120, &[vram(32, &[32_607])]),
    gpu("RTX 5080", 120, &[vram(16, &[16_303])]),
    gpu("RTX 5070 Ti", 120, &[vram(16, &[16_303])]),
    gpu("RTX 5070", 120, &[vram(12, &[12_227])]),
    gpu("RTX 5060 Ti", 120, &[vram(8, &[]), vram(16, &[16_311])]),
    gpu("H200", 90, &[vram(141, &[143_771])]),
    gpu(
        "H100",
        90,
        &[Vram { sold: 80, shown: &[81_559], reserved: Some(480) }, vram(94, &[95_830]), vram(96, &[])],
    ),
    Model {
        needs: &[
            Need { parameter: "init_on_alloc=0", source: GRACE },
            Need { parameter: "numa_balancing=disable", source: GRACE },
        ],
        ..gpu("GH200", 90, &[vram(96, &[97_871]), vram(144, &[])])
    },
    gpu("L40S", 89, &[ECC_48]),
    gpu("L40", 89, &[ECC_48]),
    gpu("L4", 89, &[vram(24, &[23_034])]),
    gpu("RTX 6000 Ada", 89, &[ECC_48]),
    gpu("RTX 4090", 89, &[vram(24, &[24_564])]),
    gpu("RTX 4080", 89, &[vram(16, &[16_376])]),
    gpu("RTX 4070", 89, &[vram(12, &[12_282])]),
    gpu("RTX 4070 Ti", 89, &[vram(12, &[12_282])]),
    gpu("RTX 4070 Ti SUPER", 89, &[vram(16, &[16_376])]),
    gpu("RTX 4060 Ti", 89, &[vram(8, &[8_188]), vram(16, &[16_380])]),
    gpu("RTX A6000", 86, &[ECC_48]),
    gpu("RTX A5000", 86, &[vram(24, &[24_564])]),
    gpu("RTX A4000", 86, &[vram(16, &[16_376])]),
    gpu("A40", 86, &[ECC_48]),
    gpu("A10", 86, &[vram(24, &[23_028])]),
    gpu("RTX 3090", 86, &[vram(24, &[24_576])]),
    gpu("RTX 3080", 86, &[vram(10, &[10_240]), vram(12, &[])]),
    gpu("RTX 3060", 86, &[vram(8, &[]), vram(12, &[12_288])]),
    gpu("A100", 80, &[vram(40, &[40_960]), vram(80, &[81_920])]),
    gpu("T4", 75, &[vram(16, &[15_360])]),
    gpu("V100", 70, &[vram(16, &[]), vram(32, &[32_768])]),
];

/// The smallest size that a deployment may declare for a card, in percent of the size that is sold: the same number in GB instead of
/// GiB is 93.1 %, and a card with ECC on GDDR6 shows 93.7 %.
const AS_SOLD: u64 = 93;

/// The model that a GPU's name means, as people or `nvidia-smi` write it: the longest one whose words are all in the name.
pub fn find(name: &str) -> Option<&'static Model> {
    MODELS.iter().filter(|model| is_meant(model.name, name)).max_by_key(|model| model.name.len())
}

/// Whether all words of a model are in a GPU's name.
pub(crate) fn is_meant(model: &str, name: &str) -> bool {
    let words: Vec<_> = words(name).collect();
    self::words(model).all(|word| words.contains(&word))
}

/// The words of a name, in upper case.
pub fn words(name: &str) -> impl Iterator<Item = String> {
    name.split([' ', '-', '/']).filter(|word| !word.is_empty()).map(str::to_uppercase)
}

/// The words of every model whose name contains the given one and more: they are other cards. A card whose name has all words of such a
/// list is not the given one. For example, an `RTX 4070 Ti` is not an `RTX 4070`.
pub fn not_meant(name: &str) -> Vec<Vec<String>> {
    let longer = |model: &&Model| is_meant(name, model.name) && !is_meant(model.name, name);
    MODELS.iter().filter(longer).map(|model| words(model.name).collect()).collect()
}

/// Whether a declared size is that of a card which is sold with `sold`: in GiB, in the GB of data sheets, or without the part that ECC
/// uses.
pub(crate) fn is_sold_as(vram: Bytes, sold: Bytes) -> bool {
    vram <= sold && vram.get() >= sold.get() / 100 * AS_SOLD
}

impl Model {
    /// The memory size that a deployment means with `declared`. `None` if the model is not sold with such a size.
    pub fn memory(&self, declared: Bytes) -> Option<&Vram> {
        self.vram.iter().find(|vram| is_sold_as(declared, Bytes::gib(vram.sold)))
    }

    /// Its compute capability as people write it: `SM120`.
    pub fn capability(&self) -> String {
        format!("SM{}", self.sm)
    }
}

impl Vram {
    /// The value that `nvidia-smi` shows for a card with a declared size, if it is known. For the size that is sold, this is the value
    /// with ECC, which may be on.
    pub(crate) fn shown(&self, declared: Bytes) -> Option<Bytes> {
        let sizes = || self.shown.iter().map(|count| Bytes::new(count << 20));
        if declared == Bytes::gib(self.sold) {
            return sizes().next();
        }
        sizes().min_by_key(|size| size.get().abs_diff(declared.get()))
    }
}

/// The memory of a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The size that the deployment declares.
    pub declared: Bytes,
    /// The value that `nvidia-smi` shows as `memory.total`, if it is known.
    pub shown: Option<Bytes>,
    /// The part that the driver and the firmware keep, if it has been measured.
    pub reserved: Option<Bytes>,
}

impl Memory {
    /// The most that services can use. If the reserved part is not known, this is the value that `nvidia-smi` shows.
    pub fn usable(&self) -> Bytes {
        let shown = self.shown.unwrap_or(self.declared);
        self.declared.min(shown.saturating_sub(self.reserved.unwrap_or_default()))
    }

    /// The smallest `memory.total` that `nvidia-smi` shows for this card.
    pub fn least_shown(&self) -> Bytes {
        let unknown = Bytes::new(self.declared.get() / 100 * AS_SOLD);
        self.shown.map_or(unknown, |shown| shown.min(self.declared))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::{Gpu, Knowledge};

    #[test]
    fn the_longest_name_is_meant() {
        let found = |name| find(name).map(|model| model.name);
        assert_eq!(found("NVIDIA GeForce RTX 5090"), Some("RTX 5090"));
        assert_eq!(
            found("NVIDIA RTX PRO 6000 Blackwell Workstation Edition"),
            Some("RTX PRO 6000 Blackwell")
        );
        assert_eq!(found("GeForce RTX 4070 Ti SUPER"), Some("RTX 4070 Ti SUPER"));
        assert_eq!(found("NVIDIA A100-SXM4-80GB"), Some("A100"));
        assert_eq!(found("Radeon RX 7900"), None);
    }

    #[test]
    fn no_more_is_promised_than_a_card_has() {
        for (model, vram, shown, usable) in [
            ("H100", "80 GiB", Some(81_559), 81_079),
            ("H100", "80 GB", Some(81_559), 76_293),
            ("NVIDIA H100 80GB HBM3", "81559 MiB", Some(81_559), 81_079),
            ("H100 NVL", "94 GiB", Some(95_830), 95_830),
            ("RTX PRO 6000 Blackwell", "96 GiB", Some(97_887), 97_887),
            ("RTX 5090", "32 GiB", Some(32_607), 32_607),
            ("rtx 4090", "24 GB", Some(24_564), 22_888),
            ("L40S", "48 GiB", Some(46_068), 46_068),
            ("L40S", "45 GiB", Some(46_068), 46_068),
            ("RTX A6000", "48 GiB", Some(46_068), 46_068),
            ("RTX A6000", "49140 MiB", Some(49_140), 49_140),
            ("RTX A6000", "47 GiB", Some(49_140), 48_128),
            ("L4", "24 GiB", Some(23_034), 23_034),
            ("A10", "24 GiB", Some(23_028), 23_028),
            ("T4", "16 GiB", Some(15_360), 15_360),
            ("Workshop Card 9000", "48 GiB", None, 49_152),
            // B010 says that there is no such card.
            ("RTX 4090", "48 GiB", None, 49_152),
        ] {
            let gpu =
                Gpu { model: model.parse().unwrap(), vram: vram.parse().unwrap(), uuid: None, pci: None };
            let memory = Knowledge::default().gpu_memory(&gpu);
            assert_eq!(memory.shown.map(Bytes::mebibytes), shown, "{model}, {vram}");
            assert_eq!(memory.usable().get() >> 20, usable, "{model}, {vram}");
        }
    }

    #[test]
    fn sizes_are_in_order_and_below_what_is_sold() {
        for model in MODELS {
            assert!(model.vram.is_sorted_by_key(|vram| vram.sold), "{}", model.name);
            for vram in model.vram {
                assert!(vram.shown.is_sorted(), "{}", model.name);
                for shown in vram.shown {
                    assert!(
                        is_sold_as(Bytes::new(shown << 20), Bytes::gib(vram.sold)),
                        "{} {shown}",
                        model.name
                    );
                }
            }
        }
    }

    #[test]
    fn a_longer_name_is_another_card() {
        let not = |name| not_meant(name).into_iter().map(|words| words.join(" ")).collect::<Vec<_>>();
        assert_eq!(not("rtx 4070"), ["RTX 4070 TI", "RTX 4070 TI SUPER"]);
        assert_eq!(not("NVIDIA GeForce RTX 5090"), [""; 0]);
    }
}
