//! Values in GitHub's Markdown and in its Mermaid diagrams.

use std::fmt::{self, Display, Write};

use askama::filters::Escaper;

use crate::header::one_line;

/// A value as plain text on one line: in a paragraph, a heading, a list item or a cell of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = one_line(self.0);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        for (at, c) in text.char_indices() {
            let special = match c {
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => true,
                // At the start of a line, these start a heading, a list or a table.
                '#' | '-' | '+' | '=' | ':' => at == 0,
                '.' | ')' => {
                    at == digits
                        && text.get(at + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with(' '))
                }
                _ => false,
            };
            if special {
                f.write_char('\\')?;
            }
            f.write_char(c)?;
        }
        Ok(())
    }
}

/// A value as inline code, wherever [`Text`] may stand.
///
/// A code span cannot contain every text (a `|` in a table, a backtick). Such texts become an HTML element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code<'a>(pub(crate) &'a str);

impl Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = one_line(self.0);
        if code.is_empty() || code.contains(['`', '|']) || code.starts_with(' ') || code.ends_with(' ') {
            write!(f, "<code>{}</code>", Text(&code))
        } else {
            write!(f, "`{code}`")
        }
    }
}

/// Prose with names in backticks, as in Omni's messages: the names become inline code, the rest is [`Text`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prose<'a>(pub(crate) &'a str);

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pieces: Vec<_> = self.0.split('`').collect();
        if pieces.len() % 2 == 0 {
            return Text(self.0).fmt(f);
        }
        pieces.iter().enumerate().try_for_each(|(i, piece)| match i % 2 {
            0 => Text(piece).fmt(f),
            _ => Code(piece).fmt(f),
        })
    }
}

/// Lines as a fenced block, from the first fence to the end of the last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block<'a>(pub(crate) &'static str, pub(crate) &'a str);

impl Display for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(language, lines) = *self;
        // A fence ends at the first line of as many backticks.
        let longest = lines.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(3.max(longest + 1));
        write!(f, "{fence}{language}\n{}\n{fence}", lines.trim_end_matches(['\n', '\r']))
    }
}

/// A value as a label in a Mermaid diagram, its quotes included.
///
/// Characters that are not plain become entities (`#35;`): Mermaid interprets markup, directives and line breaks in labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mermaid<'a>(pub(crate) &'a str);

impl Display for Mermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        let label = one_line(self.0);
        let digits = label.bytes().take_while(u8::is_ascii_digit).count();
        for (at, c) in label.char_indices() {
            let plain = match c {
                ' ' | '/' | ':' | '_' | ',' | '(' => true,
                // `- a`, `1. a` and `1) a` would be lists.
                '-' => at > 0,
                '.' | ')' => at != digits,
                _ => c.is_alphanumeric(),
            };
            if plain {
                f.write_char(c)?;
            } else {
                write!(f, "#{};", u32::from(c))?;
            }
        }
        f.write_char('"')
    }
}

/// The escaper for `.md` templates: each value becomes a [`Text`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Markdown;

impl Escaper for Markdown {
    fn write_escaped_str<W: Write>(&self, mut dest: W, piece: &str) -> fmt::Result {
        write!(dest, "{}", Text(piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_text_is_quoted_in_its_way() {
        assert_eq!(Text("kv_cache | <b>").to_string(), r"kv\_cache \| \<b\>");
        assert_eq!(Code("kv_cache").to_string(), "`kv_cache`");
        assert_eq!(Code("a | b").to_string(), r"<code>a \| b</code>");
        assert_eq!(Prose("vram of `gpu_0` is *over*").to_string(), r"vram of `gpu_0` is \*over\*");
        assert_eq!(Prose("a ` alone").to_string(), r"a \` alone");
        assert_eq!(Block("sh", "ls\n").to_string(), "```sh\nls\n```");
        assert_eq!(Mermaid("deepseek:8000").to_string(), r#""deepseek:8000""#);
        assert_eq!(Mermaid("say \"hi\"").to_string(), r##""say #34;hi#34;""##);
    }
}
