//! NVIDIA's GPUs: what each has.
//!
//! A card is sold with a round size, shows less in `nvidia-smi` (`memory.total`), and gives less than that to programs: the
//! driver and the firmware keep `memory.reserved`. <https://docs.nvidia.com/deploy/nvidia-smi/index.html>

use crate::units::Bytes;

/// A model of GPU.
#[derive(Debug)]
pub struct Model {
    /// The part of its name that tells it from the others.
    pub name: &'static str,
    /// Its compute capability, as a number: 120 is 12.0.
    pub sm: u16,
    /// Its memory; more than one where it is sold with more than one, the smallest first.
    pub vram: &'static [Vram],
    /// The kernel parameters that it is known to need.
    pub needs: &'static [Need],
    /// Where its compute capability stands; the size that it is sold with stands on its own page.
    pub source: &'static str,
}

/// A size of a card's memory.
#[derive(Clone, Copy, Debug)]
pub struct Vram {
    /// What it is sold with, in GiB.
    pub sold: u64,
    /// What `nvidia-smi` shows as `memory.total`, in MiB, the least first: more than one where ECC can be turned off. Empty where
    /// nobody is known to have published it.
    pub shown: &'static [u64],
    /// What `nvidia-smi` shows as `memory.reserved`, in MiB, where that has been measured.
    pub reserved: Option<u64>,
}

/// A size that is sold, and what `nvidia-smi` shows of it. The figures are what current drivers (510 and newer) print.
const fn vram(sold: u64, shown: &'static [u64]) -> Vram {
    Vram { sold, shown, reserved: None }
}

/// A kernel parameter that a GPU is known to need.
#[derive(Debug)]
pub struct Need {
    /// The parameter with its value.
    pub parameter: &'static str,
    /// Where that stands.
    pub source: &'static str,
}

const fn gpu(name: &'static str, sm: u16, vram: &'static [Vram]) -> Model {
    Model { name, sm, vram, needs: &[], source: SOURCE }
}

/// The guide to the processor that GH200 has on the same board, and whose memory the GPU shares.
const GRACE: &str = "https://nvidia.github.io/grace-cpu-benchmarking-guide/platform/index.html";

const SOURCE: &str = "https://developer.nvidia.com/cuda-gpus";

/// GDDR6 with ECC, which takes a sixteenth; without it, what the second figure says.
const ECC_48: Vram = vram(48, &[46_068, 49_140]);

/// The models that are known here.
///
/// The figures of `nvidia-smi` are those of its tables in public reports: RTX 5090
/// (<https://github.com/noonghunna/club-3090/issues/1229>), RTX 4090 (<https://github.com/RLinf/RLinf/issues/255>), RTX 3090
/// (<https://github.com/noonghunna/club-3090/issues/390>), the others in the reports of many machines with the same number. The
/// reserved part of H100 was measured on one, with `nvidia-smi --query-gpu=memory.total,memory.reserved`.
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

/// What a deployment may declare at least for a card of a sold size, in percent: as many GB are 93.1 %, and a card with ECC on
/// GDDR6 shows 93.7 %.
const AS_SOLD: u64 = 93;

/// The model that is meant by a GPU's name as people or `nvidia-smi` write it: the longest whose words all stand in it.
pub fn find(name: &str) -> Option<&'static Model> {
    MODELS.iter().filter(|model| is_meant(model.name, name)).max_by_key(|model| model.name.len())
}

/// Whether all words of a model stand in a GPU's name.
pub(crate) fn is_meant(model: &str, name: &str) -> bool {
    let words: Vec<_> = words(name).collect();
    self::words(model).all(|word| words.contains(&word))
}

/// The words of a name, in upper case.
pub fn words(name: &str) -> impl Iterator<Item = String> {
    name.split([' ', '-', '/']).filter(|word| !word.is_empty()).map(str::to_uppercase)
}

/// The words that tell a model from the others: each list has all words of one that is not meant by the name, and of which
/// the meant one is a part. `RTX 4070 Ti` is none of `RTX 4070`.
pub fn not_meant(name: &str) -> Vec<Vec<String>> {
    let longer = |model: &&Model| is_meant(name, model.name) && !is_meant(model.name, name);
    MODELS.iter().filter(longer).map(|model| words(model.name).collect()).collect()
}

/// Whether a size is a card's of which so much is sold: in GiB, in the GB that data sheets count in, or less by what ECC takes.
pub(crate) fn is_sold_as(vram: Bytes, sold: Bytes) -> bool {
    vram <= sold && vram.get() >= sold.get() / 100 * AS_SOLD
}

impl Model {
    /// What is known of its memory, of which a deployment declares so much: nothing if it is not sold with about that.
    pub fn memory(&self, declared: Bytes) -> Option<&Vram> {
        self.vram.iter().find(|vram| is_sold_as(declared, Bytes::gib(vram.sold)))
    }

    /// Its compute capability as people write it: `SM120`.
    pub fn capability(&self) -> String {
        format!("SM{}", self.sm)
    }
}

impl Vram {
    /// What `nvidia-smi` shows of a card of which a deployment declares so much, if that is known. As it is sold, it may have ECC
    /// turned on.
    pub(crate) fn shown(&self, declared: Bytes) -> Option<Bytes> {
        let sizes = || self.shown.iter().map(|count| Bytes::new(count << 20));
        if declared == Bytes::gib(self.sold) {
            return sizes().next();
        }
        sizes().min_by_key(|size| size.get().abs_diff(declared.get()))
    }
}

/// What is known of a GPU's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// What the deployment declares.
    pub declared: Bytes,
    /// What `nvidia-smi` shows as `memory.total`, where that is known.
    pub shown: Option<Bytes>,
    /// What the driver and the firmware keep of that, where that has been measured.
    pub reserved: Option<Bytes>,
}

impl Memory {
    /// The most that may be promised. Where the reserved part is not known, nothing is made up: that is what the card shows.
    pub fn usable(&self) -> Bytes {
        let shown = self.shown.unwrap_or(self.declared);
        self.declared.min(shown.saturating_sub(self.reserved.unwrap_or_default()))
    }

    /// What `nvidia-smi` shows at least as `memory.total`, if it is this card.
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
