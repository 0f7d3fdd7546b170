//! Values in shell scripts. This is the only way in which a value gets into a script.

use std::fmt::{self, Display, Write};

use askama::filters::Escaper;

/// A value as one word of a POSIX shell: bare if that is safe, else in single quotes.
///
/// Use it only where a word may stand, never inside quotes, a comment or a here-document.
///
/// # Errors
///
/// A word cannot contain a NUL: formatting fails, and `to_string` panics. A checked deployment contains none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sh<'a>(pub(crate) &'a str);

impl Display for Sh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value) = *self;
        refuse_nul(value)?;
        if !value.is_empty() && value.bytes().all(is_plain) {
            return f.write_str(value);
        }
        write!(f, "'{}'", value.replace('\'', r"'\''"))
    }
}

/// Whether a byte has no special meaning anywhere in a word.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-+=%@:,./".contains(&byte)
}

/// A value between double quotes, for files whose readers expect those (`/etc/default/grub`).
///
/// # Errors
///
/// As for [`Sh`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct DoubleQuoted<'a>(pub(crate) &'a str);

impl Display for DoubleQuoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value) = *self;
        refuse_nul(value)?;
        f.write_char('"')?;
        for c in value.chars() {
            if matches!(c, '"' | '\\' | '$' | '`') {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
        f.write_char('"')
    }
}

fn refuse_nul(value: &str) -> fmt::Result {
    if value.contains('\0') { Err(fmt::Error) } else { Ok(()) }
}

/// The escaper for `.sh` templates: each value becomes a [`Sh`].
///
/// askama passes a value in pieces. Adjacent quoted words are one word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shell;

impl Escaper for Shell {
    fn write_escaped_str<W: Write>(&self, mut dest: W, piece: &str) -> fmt::Result {
        write!(dest, "{}", Sh(piece))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use askama::Template;

    use super::*;

    #[test]
    fn each_kind_of_text_is_quoted_in_its_way() {
        assert_eq!(Sh("/mnt/models").to_string(), "/mnt/models");
        assert_eq!(Sh("it's $(here)").to_string(), r"'it'\''s $(here)'");
        assert_eq!(DoubleQuoted("quiet splash").to_string(), r#""quiet splash""#);
        assert_eq!(DoubleQuoted("$(here)").to_string(), r#""\$(here)""#);
    }

    /// Every ASCII character except NUL, alone and between letters, and texts that often break quoting.
    fn nasty() -> Vec<String> {
        let ascii = (1..128u8).map(char::from);
        let mut values: Vec<_> =
            ascii.flat_map(|c| [c.to_string(), format!("a{c}b"), format!("{c}{c}")]).collect();
        let known = [
            "",
            "it's",
            "''",
            "'; touch canary; '",
            "$(touch canary)",
            "`touch canary`",
            "${HOME}",
            "a\nb\n",
            "\r\n",
            "\\",
            "\\'",
            "-n",
            "--help",
            "~root",
            "a b  c",
            "*",
            "[a-z]?",
            "{a,b}",
            "#no comment",
            "!!",
            "a=b",
            "x;y&z|w<v>u(t)",
            "\u{1b}[31m",
            "größe",
            "\u{1f980}",
            "\u{a0}\u{2028}",
        ];
        values.extend(known.map(String::from));
        values
    }

    /// The words as the shell reads them, each followed by NUL.
    fn read_back(shell: &str, words: &[String]) -> String {
        let script = format!("printf '%s\\0' {}", words.join(" "));
        let output = Command::new(shell).args(["-euc", &script]).env_clear().output().unwrap();
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn a_shell_reads_every_value_back() {
        let values = nasty();
        let expected: String = values.iter().map(|value| format!("{value}\0")).collect();
        let single: Vec<_> = values.iter().map(|value| Sh(value).to_string()).collect();
        let double: Vec<_> = values.iter().map(|value| DoubleQuoted(value).to_string()).collect();
        let pieces: Vec<_> = values.iter().map(|value| in_pieces(value)).collect();
        for shell in ["bash", "sh"] {
            assert_eq!(read_back(shell, &single), expected, "{shell}");
            assert_eq!(read_back(shell, &double), expected, "{shell}");
            assert_eq!(read_back(shell, &pieces), expected, "{shell}");
        }
    }

    /// The value as askama may pass it: character by character.
    fn in_pieces(value: &str) -> String {
        let mut word = String::new();
        if value.is_empty() {
            Shell.write_escaped_str(&mut word, value).unwrap();
        }
        for c in value.chars() {
            Shell.write_escaped_char(&mut word, c).unwrap();
        }
        word
    }

    #[test]
    fn a_plain_word_stays_bare() {
        assert_eq!(Sh("pcie_aspm=off").to_string(), "pcie_aspm=off");
        assert_eq!(
            Sh("vllm/vllm-openai:v0.11.0@sha256:00").to_string(),
            "vllm/vllm-openai:v0.11.0@sha256:00"
        );
        assert_eq!(Sh("").to_string(), "''");
    }

    #[test]
    fn nul_is_refused() {
        assert!(write!(String::new(), "{}", Sh("a\0b")).is_err());
        assert!(write!(String::new(), "{}", DoubleQuoted("a\0b")).is_err());
        assert!(Example { name: "a\0b", path: "", size: 0 }.render().is_err());
    }

    #[derive(Template)]
    #[template(ext = "sh", source = "mkdir -p {{ path }}/models && echo {{ name }}: {{ size }}")]
    struct Example<'a> {
        name: &'a str,
        path: &'a str,
        size: u64,
    }

    #[test]
    fn a_template_quotes_by_itself() {
        let render = |name, path| Example { name, path, size: 384 }.render().unwrap();
        assert_eq!(render("models", "/nvme"), "mkdir -p /nvme/models && echo models: 384");
        assert_eq!(render("$(id)", ""), "mkdir -p ''/models && echo '$(id)': 384");
    }
}
