//! Misleading names of packages and commands.

/// A misleading name.
#[derive(Debug)]
pub struct Misnomer {
    /// The word.
    pub word: &'static str,
    /// Whether it is wrong only as an argument of `pip install`.
    pub only_in_pip: bool,
    /// What is wrong with it, as the end of the sentence "`WORD` …".
    pub what: &'static str,
    /// What to use instead.
    pub instead: &'static str,
    /// Where this is documented.
    pub source: &'static str,
}

/// The names that Omni knows.
pub static MISNOMERS: &[Misnomer] = &[
    Misnomer {
        word: "huggingface-cli",
        only_in_pip: false,
        what: "is not a package of Hugging Face, and the command of this name is retired",
        instead: "the package `huggingface_hub` and its command `hf`",
        source: "https://huggingface.co/docs/huggingface_hub/guides/cli",
    },
    Misnomer {
        word: "pytorch",
        only_in_pip: true,
        what: "does not install PyTorch: it only shows a message",
        instead: "the package `torch`",
        source: "https://pypi.org/project/pytorch/",
    },
    Misnomer {
        word: "sklearn",
        only_in_pip: true,
        what: "is a retired alias and cannot be installed",
        instead: "the package `scikit-learn`",
        source: "https://pypi.org/project/sklearn/",
    },
    Misnomer {
        word: "tensorflow-gpu",
        only_in_pip: true,
        what: "is retired and cannot be installed",
        instead: "the package `tensorflow`",
        source: "https://pypi.org/project/tensorflow-gpu/",
    },
];

/// The misleading names in a command.
pub fn in_command(command: &str) -> impl Iterator<Item = &'static Misnomer> {
    let words: Vec<&str> = command.split(|c: char| c.is_whitespace() || "'\";&|()".contains(c)).collect();
    let pip = words.windows(2).any(|pair| matches!(pair, ["pip" | "pip3", "install"]));
    let names: Vec<String> = words
        .iter()
        .map(|word| word.split(['=', '[', '<', '>']).next().unwrap_or_default().to_owned())
        .collect();
    MISNOMERS
        .iter()
        .filter(move |misnomer| (pip || !misnomer.only_in_pip) && names.iter().any(|n| n == misnomer.word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_counts_where_it_is_used() {
        let found = |command| in_command(command).map(|misnomer| misnomer.word).collect::<Vec<_>>();
        assert_eq!(found("pip install huggingface-cli"), ["huggingface-cli"]);
        assert_eq!(found("sh -c 'huggingface-cli download x/y'"), ["huggingface-cli"]);
        assert_eq!(found("python -m pip install 'pytorch==2.0' numpy"), ["pytorch"]);
        assert_eq!(found("python -m pytorch_lightning --backend pytorch"), [""; 0]);
    }
}
