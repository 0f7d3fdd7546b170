//! NVIDIA's GPUs: what each has.

use crate::units::Bytes;

/// A model of GPU.
#[derive(Debug)]
pub struct Model {
    /// The part of its name that tells it from the others.
    pub name: &'static str,
    /// Its compute capability, as a number: 120 is 12.0.
    pub sm: u16,
    /// Its memory in GiB; more than one where it is sold with more than one.
    pub vram: &'static [u64],
    /// The kernel parameters that it is known to need.
    pub needs: &'static [Need],
    /// Where its compute capability stands; its memory stands on its own page.
    pub source: &'static str,
}

/// A kernel parameter that a GPU is known to need.
#[derive(Debug)]
pub struct Need {
    /// The parameter with its value.
    pub parameter: &'static str,
    /// Where that stands.
    pub source: &'static str,
}

const fn gpu(name: &'static str, sm: u16, vram: &'static [u64]) -> Model {
    Model { name, sm, vram, needs: &[], source: SOURCE }
}

/// The guide to the processor that GH200 has on the same board, and whose memory the GPU shares.
const GRACE: &str = "https://nvidia.github.io/grace-cpu-benchmarking-guide/platform/index.html";

const SOURCE: &str = "https://developer.nvidia.com/cuda-gpus";

/// The models that are known here.
pub static MODELS: &[Model] = &[
    gpu("B200", 100, &[180, 192]),
    gpu("RTX PRO 6000 Blackwell", 120, &[96]),
    gpu("RTX PRO 5000 Blackwell", 120, &[48, 72]),
    gpu("RTX PRO 4500 Blackwell", 120, &[32]),
    gpu("RTX PRO 4000 Blackwell", 120, &[24]),
    gpu("RTX 5090", 120, &[32]),
    gpu("RTX 5080", 120, &[16]),
    gpu("RTX 5070 Ti", 120, &[16]),
    gpu("RTX 5070", 120, &[12]),
    gpu("RTX 5060 Ti", 120, &[8, 16]),
    gpu("H200", 90, &[141]),
    gpu("H100", 90, &[80, 94, 96]),
    Model {
        needs: &[
            Need { parameter: "init_on_alloc=0", source: GRACE },
            Need { parameter: "numa_balancing=disable", source: GRACE },
        ],
        ..gpu("GH200", 90, &[96, 144])
    },
    gpu("L40S", 89, &[48]),
    gpu("L40", 89, &[48]),
    gpu("L4", 89, &[24]),
    gpu("RTX 6000 Ada", 89, &[48]),
    gpu("RTX 4090", 89, &[24]),
    gpu("RTX 4080", 89, &[16]),
    gpu("RTX 4070", 89, &[12]),
    gpu("RTX 4070 Ti", 89, &[12]),
    gpu("RTX 4070 Ti SUPER", 89, &[16]),
    gpu("RTX 4060 Ti", 89, &[8, 16]),
    gpu("RTX A6000", 86, &[48]),
    gpu("RTX A5000", 86, &[24]),
    gpu("RTX A4000", 86, &[16]),
    gpu("A40", 86, &[48]),
    gpu("A10", 86, &[24]),
    gpu("RTX 3090", 86, &[24]),
    gpu("RTX 3080", 86, &[10, 12]),
    gpu("RTX 3060", 86, &[8, 12]),
    gpu("A100", 80, &[40, 80]),
    gpu("T4", 75, &[16]),
    gpu("V100", 70, &[16, 32]),
];

/// The model that is meant by a GPU's name as people or `nvidia-smi` write it: the longest whose words all stand in it.
pub fn find(name: &str) -> Option<&'static Model> {
    MODELS.iter().filter(|model| is_meant(model.name, name)).max_by_key(|model| model.name.len())
}

/// Whether all words of a model stand in a GPU's name.
pub(crate) fn is_meant(model: &str, name: &str) -> bool {
    let words: Vec<_> = name.split([' ', '-', '/']).map(str::to_uppercase).collect();
    model.split(' ').all(|word| words.contains(&word.to_uppercase()))
}

impl Model {
    /// Whether it is sold with so much memory: in GiB, or in the GB that data sheets count in.
    pub fn has(&self, vram: Bytes) -> bool {
        let sold = |count: u64| [count << 30, count * 1_000_000_000].contains(&vram.get());
        self.vram.iter().any(|count| sold(*count))
    }

    /// Its compute capability as people write it: `SM120`.
    pub fn capability(&self) -> String {
        format!("SM{}", self.sm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
