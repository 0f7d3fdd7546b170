//! Escapes texts from other sources for display. The result cannot control a terminal, hide characters or change how a line
//! reads.

use std::fmt;

/// A text on one line, in which every [hidden](is_hidden) character is escaped as in Rust: `\n`, `\u{202e}`.
///
/// ```
/// # use omni_model::shown::Shown;
/// assert_eq!(Shown("naïve\u{1b}[31m\n").to_string(), r"naïve\u{1b}[31m\n");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(is_hidden) {
            let (plain, hidden) = rest.split_at(at);
            f.write_str(plain)?;
            let mut chars = hidden.chars();
            if let Some(c) = chars.next() {
                write!(f, "{}", c.escape_default())?;
            }
            rest = chars.as_str();
        }
        f.write_str(rest)
    }
}

/// Returns whether a character controls a terminal, ends a line, changes the direction of the text after it, or is invisible.
/// These are the control characters, the line and paragraph separators, and the format characters without a glyph (general
/// categories Cc, Zl, Zp and Cf).
/// <https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing>
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_written_out() {
        let shown = |text| Shown(text).to_string();
        assert_eq!(shown("größe — 東京 e\u{301} 👍"), "größe — 東京 e\u{301} 👍");
        assert_eq!(shown("a\nb\tc\r"), r"a\nb\tc\r");
        assert_eq!(shown("\u{1b}]0;x\u{7}\u{9b}2J\u{7f}"), r"\u{1b}]0;x\u{7}\u{9b}2J\u{7f}");
        assert_eq!(shown("\u{202e}cba\u{2066}\u{200f}\u{61c}"), r"\u{202e}cba\u{2066}\u{200f}\u{61c}");
        assert_eq!(shown("\u{2028}\u{feff}\u{200b}\u{e0041}"), r"\u{2028}\u{feff}\u{200b}\u{e0041}");
        assert_eq!(shown(""), "");
    }
}
