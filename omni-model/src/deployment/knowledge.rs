//! Facts about hardware and kernels that the author knows and Omni does not.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gpu, is_default};
use crate::{
    catalog::gpus::{self, Memory, is_meant},
    names::{KernelParameter, Text},
    units::Bytes,
};

/// Facts about hardware and kernels that Omni does not know. Exporters that it does not know are declared in
/// `monitoring.exporters`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Knowledge {
    /// GPU models, by the words of their name that distinguish them, for example `RTX 6090`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub gpus: IndexMap<Text, OwnGpu>,
    /// Kernel parameters, by name without a value, for example `my_module.mode`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub kernel_parameters: IndexMap<KernelParameter, OwnParameter>,
}

/// A GPU model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnGpu {
    /// Memory of the model, for example `[48 GiB]`: one size for each variant that is sold.
    pub vram: Vec<Bytes>,
    /// Kernel parameters that the GPU needs, for example `[iommu=pt]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<KernelParameter>,
    /// Where these facts are documented, for example `https://example.org/datasheet`.
    pub source: Text,
}

/// A kernel parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnParameter {
    /// Values that the parameter accepts, for example `[fast, safe]`. Default: any value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Text>,
    /// Where the parameter is documented, for example `https://example.org/manual`.
    pub source: Text,
}

impl OwnParameter {
    /// Whether the parameter accepts the value.
    pub fn takes(&self, value: &str) -> bool {
        self.values.is_empty() || self.values.iter().any(|known| known.as_str() == value)
    }
}

impl Knowledge {
    pub(super) fn is_default(&self) -> bool {
        is_default(self)
    }

    /// The GPU model that a name refers to, if the author has described it.
    pub fn gpu(&self, model: &str) -> Option<(&Text, &OwnGpu)> {
        let meant = self.gpus.iter().filter(|(name, _)| is_meant(name.as_str(), model));
        meant.max_by_key(|(name, _)| name.as_str().len())
    }

    /// What is known about the memory of a GPU. The author's own facts take precedence.
    pub fn gpu_memory(&self, gpu: &Gpu) -> Memory {
        let declared = gpu.vram;
        let known = gpus::find(gpu.model.as_str()).filter(|_| self.gpu(gpu.model.as_str()).is_none());
        let vram = known.and_then(|model| model.memory(declared));
        Memory {
            declared,
            shown: vram.and_then(|vram| vram.shown(declared)),
            reserved: vram.and_then(|vram| vram.reserved).map(|count| Bytes::new(count << 20)),
        }
    }

    /// The kernel parameter of this name, if the author has described it.
    pub fn parameter(&self, name: &str) -> Option<&OwnParameter> {
        self.kernel_parameters.iter().find(|(known, _)| known.as_str() == name).map(|(_, known)| known)
    }
}
