//! Environment variables that do something else than people think.

/// A variable.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The value that is meant.
    pub value: &'static str,
    /// What does nothing on a GPU but one of these compute capabilities; with none, the variable is a hazard anywhere.
    pub only_on: &'static [u16],
    /// What is wrong, as the end of the sentence "`NAME=VALUE` …".
    pub what: &'static str,
    /// What to do.
    pub help: &'static str,
    /// Where that stands.
    pub source: &'static str,
}

/// The variables that are known here.
pub static VARIABLES: &[Variable] = &[
    Variable {
        name: "ENABLE_DEEPGEMM",
        value: "1",
        only_on: &[90, 100],
        what: "changes nothing: DeepGEMM is a library for CUDA, for SM90 and SM100",
        help: "take it out",
        source: "https://github.com/deepseek-ai/DeepGEMM",
    },
    Variable {
        name: "SGLANG_ENABLE_JIT_DEEPGEMM",
        value: "1",
        only_on: &[90, 100],
        what: "changes nothing: DeepGEMM is a library for CUDA, for SM90 and SM100",
        help: "take it out, or set it to 0",
        source: "https://github.com/deepseek-ai/DeepGEMM",
    },
    Variable {
        name: "NVIDIA_VISIBLE_DEVICES",
        value: "all",
        only_on: &[],
        what: "shows the container each GPU, and not those alone that it takes `vram` of",
        help: "take it out: the GPUs follow from `vram`",
        source: "https://github.com/NVIDIA/k8s-device-plugin",
    },
];
