//! The place of a finding in a terminal: its file, line and column, and the line with the range underlined.

use std::fmt;

use omni_model::{
    document::Place,
    judgement::Finding,
    shown::{Shown, is_hidden},
};
use unicode_width::UnicodeWidthChar;

/// Returns the place of a finding: its file, line and column, and the line (or a part of a long one) with the range underlined.
/// For a finding without a place, returns its path.
pub(crate) fn location(finding: &Finding) -> String {
    let Some(at) = &finding.at else {
        return format!("  --> {}\n", Shown(&finding.diagnostic.path.to_string()));
    };
    let number = at.place.line.to_string();
    let gutter = " ".repeat(number.len());
    let mut text = format!("{gutter}--> {at}\n");
    if let Some(line) = &at.line {
        let Excerpt { text: line, indent, underlined } = Excerpt::of(line, at.place);
        let caret = " ".repeat(indent) + &"^".repeat(underlined);
        text += &format!("{gutter} |\n{number} | {line}\n{gutter} | {caret}\n");
    }
    text
}

/// The part of a line around a range.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Excerpt {
    /// The part, with an ellipsis on each side where text is left out.
    text: String,
    /// The number of terminal columns before the range.
    indent: usize,
    /// The number of terminal columns of the range.
    underlined: usize,
}

impl Excerpt {
    /// The maximum width of the part, in terminal columns.
    const WIDTH: usize = 120;

    /// The number of those columns that precede the range, if the line is longer and has that many before it.
    const BEFORE: usize = 40;

    fn of(line: &str, place: Place) -> Self {
        let start = place.column.saturating_sub(1);
        let length = if place.end_line == place.line {
            place.end_column.saturating_sub(place.column)
        } else {
            usize::MAX
        };
        let at = line.char_indices().nth(start).map_or(line.len(), |(at, _)| at);
        let (before, rest) = line.split_at(at);

        // Take up to `BEFORE` columns before the range, then the text after it, then more of the text before
        // it.
        let least = fitting(before.chars().rev(), Self::BEFORE).1;
        let (after, width_after) = fitting(rest.chars(), Self::WIDTH - least);
        let (shown, width_before) = fitting(before.chars().rev(), Self::WIDTH - width_after);

        let (skipped, cut) = (before.chars().count() - shown, rest.chars().nth(after).is_some());
        let ellipsis = |is_there: bool| if is_there { "…" } else { "" };
        let text: String = before
            .chars()
            .skip(skipped)
            .chain(rest.chars().take(after))
            .map(|c| Cell(c).to_string())
            .collect();
        let underlined: usize = rest.chars().take(after.min(length)).map(|c| Cell(c).width()).sum();
        Self {
            text: format!("{}{text}{}", ellipsis(skipped > 0), ellipsis(cut)),
            // A range beyond the end of the line is shown at its end.
            indent: usize::from(skipped > 0) + width_before,
            underlined: underlined.max(1),
        }
    }
}

/// Returns how many characters fit into `columns`, and how many columns they take.
fn fitting(chars: impl Iterator<Item = char>, columns: usize) -> (usize, usize) {
    let (mut count, mut width) = (0, 0);
    for c in chars {
        let next = width + Cell(c).width();
        if next > columns {
            break;
        }
        (count, width) = (count + 1, next);
    }
    (count, width)
}

/// A character of a line as a terminal shows it. A tab becomes a space, and a hidden character is escaped.
struct Cell(char);

impl Cell {
    /// Returns the width in columns.
    fn width(&self) -> usize {
        match self.0 {
            '\t' => 1,
            c if is_hidden(c) => c.escape_default().len(),
            c => c.width().unwrap_or(0),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            '\t' => f.write_str(" "),
            c if is_hidden(c) => write!(f, "{}", c.escape_default()),
            c => write!(f, "{c}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the part of a line, and the underline below it.
    fn shown(line: &str, column: usize, length: usize) -> String {
        let place = Place { line: 1, column, end_line: 1, end_column: column + length };
        let Excerpt { text, indent, underlined } = Excerpt::of(line, place);
        assert!(text.chars().map(|c| c.width().unwrap()).sum::<usize>() <= Excerpt::WIDTH + 2, "{text}");
        format!("{text}\n{}{}", " ".repeat(indent), "^".repeat(underlined))
    }

    #[test]
    fn a_line_that_fits_is_shown_whole() {
        assert_eq!(shown("hots: {}", 1, 4), "hots: {}\n^^^^");
        assert_eq!(shown("a: [1, 2", 9, 1), "a: [1, 2\n        ^");
        assert_eq!(shown("", 1, 1), "\n^");
        let line = "x".repeat(Excerpt::WIDTH);
        for column in [1, 60, 120] {
            assert_eq!(shown(&line, column, 1), format!("{line}\n{}^", " ".repeat(column - 1)));
        }
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let line: String = ('0'..='9').cycle().take(1_000_000).collect();
        let at = |column: usize, length| shown(&line, column, length);
        assert_eq!(at(1, 3), format!("{}…\n^^^", &line[..120]));
        assert_eq!(at(31, 2), format!("{}…\n{}^^", &line[..120], " ".repeat(30)));
        // The column is larger than the largest width in a format string.
        let middle = format!("…{}…\n{}^^", &line[70_000 - 40..70_000 + 80], " ".repeat(41));
        assert_eq!(at(70_001, 2), middle);
        let end = format!("…{}\n{}^", &line[1_000_000 - 120..], " ".repeat(120));
        assert_eq!(at(1_000_000, 1), end);
        assert_eq!(at(1_000_001, 1), format!("…{}\n{}^", &line[1_000_000 - 120..], " ".repeat(121)));
        // A range that is longer than the part, and one that continues on the next line.
        let long = format!("…{}…\n{}{}", &line[460..580], " ".repeat(41), "^".repeat(80));
        assert_eq!(at(501, 100_000), long);
        let to_the_next = Place { line: 1, column: 999_999, end_line: 2, end_column: 1 };
        assert_eq!(Excerpt::of(&line, to_the_next).underlined, 2);
    }

    #[test]
    fn the_place_is_underlined_whatever_stands_before_it() {
        assert_eq!(shown("\ta:\tb", 5, 1), " a: b\n    ^");
        // Characters with a width of two columns, and with none.
        assert_eq!(shown("東京: x", 5, 1), "東京: x\n      ^");
        assert_eq!(shown("東京: x", 1, 2), "東京: x\n^^^^");
        assert_eq!(shown("e\u{301}: x", 5, 1), "e\u{301}: x\n   ^");
        assert_eq!(shown("\u{1b}[2J\u{202e}: x", 8, 1), "\\u{1b}[2J\\u{202e}: x\n                   ^");
        for c in ["\t", "東", "e\u{301}", "\u{1b}", "\u{202e}", "👍"] {
            let (line, column) = (c.repeat(50_000) + "x", c.chars().count() * 50_000 + 1);
            let shown = shown(&line, column, 1);
            let (text, caret) = shown.split_once('\n').unwrap();
            let width: usize = text.chars().map(|c| c.width().unwrap()).sum();
            assert!(text.starts_with('…') && text.ends_with('x'), "{text}");
            assert_eq!(caret, format!("{}^", " ".repeat(width - 1)), "{text}");
        }
    }
}
