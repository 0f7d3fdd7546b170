//! Text for people, who may sit at a terminal.

use std::{fmt::Display, ops::Add};

use clap::builder::styling::Style;

use crate::model::shown::{Shown, is_hidden};

/// Text, with the escape codes of its colours kept apart, so that a text from outside can never be one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Code(String),
}

impl Said {
    /// A text in a style.
    pub(super) fn styled(style: Style, text: impl Display) -> Self {
        let code = |code: String| Piece::Code(code);
        Self(vec![
            code(style.render().to_string()),
            Piece::Text(text.to_string()),
            code(style.render_reset().to_string()),
        ])
    }

    /// A text that already contains its colours, as from clap.
    pub(super) fn coloured(text: &str) -> Self {
        let mut said = Self::default();
        let mut rest = text;
        while let Some((plain, code, after)) = next_colour(rest) {
            said.0.extend([Piece::Text(plain.to_owned()), Piece::Code(code.to_owned())]);
            rest = after;
        }
        said + rest
    }

    /// Several texts, separated by empty lines.
    pub(super) fn paragraphs(all: impl IntoIterator<Item = Self>) -> Self {
        let mut all = all.into_iter();
        let first = all.next().unwrap_or_default();
        all.fold(first, |said, next| said + "\n" + next)
    }

    /// The bytes for a terminal: the codes as they are, and the text with control and hidden characters escaped, except line
    /// feeds.
    pub(super) fn to_terminal(&self) -> String {
        let mut all = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Code(code) => all += code,
                Piece::Text(text) if !text.contains(|c| c != '\n' && is_hidden(c)) => all += text,
                Piece::Text(text) => {
                    let lines: Vec<_> = text.split('\n').map(|line| Shown(line).to_string()).collect();
                    all += &lines.join("\n");
                }
            }
        }
        all
    }
}

/// The text before the next colour, its code, and what follows.
fn next_colour(text: &str) -> Option<(&str, &str, &str)> {
    let (at, _) = text.match_indices("\u{1b}[").find(|(at, _)| colour_length(text.get(*at..)) > 0)?;
    let (plain, rest) = text.split_at(at);
    let (code, after) = rest.split_at(colour_length(Some(rest)));
    Some((plain, code, after))
}

/// How long the code of a colour is that a text begins with: `ESC [ 1 ; 31 m`.
fn colour_length(text: Option<&str>) -> usize {
    let parameters = text.and_then(|text| text.strip_prefix("\u{1b}["));
    let Some((parameters, _)) = parameters.and_then(|text| text.split_once('m')) else { return 0 };
    let is_colour = parameters.bytes().all(|b| b.is_ascii_digit() || b == b';');
    if is_colour { parameters.len() + 3 } else { 0 }
}

impl<T: Into<String>> From<T> for Said {
    fn from(text: T) -> Self {
        Self(vec![Piece::Text(text.into())])
    }
}

impl<T: Into<Said>> Add<T> for Said {
    type Output = Self;

    fn add(mut self, other: T) -> Self {
        self.0.extend(other.into().0);
        self
    }
}

impl FromIterator<Said> for Said {
    fn from_iter<I: IntoIterator<Item = Said>>(all: I) -> Self {
        Self(all.into_iter().flat_map(|said| said.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use clap::builder::styling::AnsiColor;

    use super::*;

    #[test]
    fn a_terminal_is_commanded_by_our_own_colours_only() {
        let red = AnsiColor::Red.on_default();
        let said = Said::styled(red, "a\u{1b}[2J") + ": b\u{1b}[31m\r\n\u{9b}\u{202e}\n";
        assert_eq!(said.to_terminal(), "\u{1b}[31ma\\u{1b}[2J\u{1b}[0m: b\\u{1b}[31m\\r\n\\u{9b}\\u{202e}\n");
    }

    #[test]
    fn colours_are_told_from_other_codes() {
        for text in ["\u{1b}[1;31mx\u{1b}[0m y\n", "\u{1b}[m", ""] {
            assert_eq!(Said::coloured(text).to_terminal(), text);
        }
        assert_eq!(Said::coloured("a\u{1b}[2J\u{1b}[1mb").to_terminal(), "a\\u{1b}[2J\u{1b}[1mb");
        assert_eq!(Said::coloured("\u{1b}[?25lm\u{1b}]0;m").to_terminal(), "\\u{1b}[?25lm\\u{1b}]0;m");
    }
}
