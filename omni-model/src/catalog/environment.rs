//! Environment variables that do not do what their names suggest.

/// A variable with a hazardous value.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The value.
    pub value: &'static str,
    /// The compute capabilities of the GPUs on which the value has an effect. If empty, the value is a hazard on every host.
    pub only_on: &'static [u16],
    /// What the value does, as the end of the sentence "`NAME=VALUE` …".
    pub what: &'static str,
    /// How to fix it. Removing the variable is always right.
    pub help: &'static str,
    /// Where this is documented.
    pub source: &'static str,
}

/// The variables that Omni knows.
pub static VARIABLES: &[Variable] = &[
    Variable {
        name: "ENABLE_DEEPGEMM",
        value: "1",
        only_on: &[90, 100],
        what: "has no effect: DeepGEMM is a CUDA library for SM90 and SM100",
        help: "remove the variable",
        source: "https://github.com/deepseek-ai/DeepGEMM",
    },
    Variable {
        name: "SGLANG_ENABLE_JIT_DEEPGEMM",
        value: "1",
        only_on: &[90, 100],
        what: "has no effect: DeepGEMM is a CUDA library for SM90 and SM100",
        help: "remove the variable, or set it to 0",
        source: "https://github.com/deepseek-ai/DeepGEMM",
    },
    Variable {
        name: "NVIDIA_VISIBLE_DEVICES",
        value: "all",
        only_on: &[],
        what: "gives the container every GPU, not only the GPUs of its `vram`",
        help: "remove the variable: the GPUs follow from `vram`",
        source: "https://github.com/NVIDIA/k8s-device-plugin",
    },
];
