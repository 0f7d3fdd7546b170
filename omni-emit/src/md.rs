//! Values in Markdown (GitHub's), and in the Mermaid diagrams that it holds.

use std::fmt::{self, Display, Write};

use askama::filters::Escaper;

use crate::header::one_line;

/// A value as plain text on one line: in a paragraph, a heading, a list item or a cell of a table.
///
/// ```
/// # use omni_emit::md::Text;
/// assert_eq!(Text("kv_cache | <b>").to_string(), r"kv\_cache \| \<b\>");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = one_line(self.0);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        for (at, c) in text.char_indices() {
            let special = match c {
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$' => true,
                // These begin a heading, a list or a table when they begin a line.
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
/// A code span shows its content as it is but cannot hold everything (a `|` in a table, a backtick); what it cannot
/// hold becomes an HTML element.
///
/// ```
/// # use omni_emit::md::Code;
/// assert_eq!(Code("kv_cache").to_string(), "`kv_cache`");
/// assert_eq!(Code("a | b").to_string(), r"<code>a \| b</code>");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Code<'a>(pub &'a str);

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

/// Prose in which names stand in backticks, as Omni's own messages have it: those become inline code, the rest is [`Text`].
///
/// ```
/// # use omni_emit::md::Prose;
/// assert_eq!(Prose("vram of `gpu_0` is *over*").to_string(), r"vram of `gpu_0` is \*over\*");
/// assert_eq!(Prose("a ` alone").to_string(), r"a \` alone");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Prose<'a>(pub &'a str);

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
///
/// ```
/// # use omni_emit::md::Block;
/// assert_eq!(Block("sh", "ls\n").to_string(), "```sh\nls\n```");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Block<'a>(pub &'static str, pub &'a str);

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
/// What is not plain becomes an entity (`#35;`): Mermaid reads markup, directives and line breaks out of labels.
///
/// ```
/// # use omni_emit::md::Mermaid;
/// assert_eq!(Mermaid("deepseek:8000").to_string(), r#""deepseek:8000""#);
/// assert_eq!(Mermaid("say \"hi\"").to_string(), r##""say #34;hi#34;""##);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mermaid<'a>(pub &'a str);

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

/// What askama does to each value in a `.md` template: [`Text`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Markdown;

impl Escaper for Markdown {
    fn write_escaped_str<W: Write>(&self, mut dest: W, piece: &str) -> fmt::Result {
        write!(dest, "{}", Text(piece))
    }
}
