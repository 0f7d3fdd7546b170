//! The value of a string literal.

use std::{iter::Peekable, str::Chars};

use proc_macro2::Literal;

/// The text that a string literal stands for; nothing if it is no string literal.
pub(crate) fn text(literal: &Literal) -> Option<String> {
    let source = literal.to_string();
    if let Some(raw) = source.strip_prefix('r') {
        let quoted = raw.trim_start_matches('#');
        let hashes = raw.get(..raw.len() - quoted.len())?;
        return Some(quoted.strip_prefix('"')?.strip_suffix(hashes)?.strip_suffix('"')?.to_owned());
    }
    unescape(source.strip_prefix('"')?.strip_suffix('"')?)
}

fn unescape(source: &str) -> Option<String> {
    let mut text = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        text.push(match chars.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            'x' => hexadecimal(chars.by_ref().take(2).collect())?,
            'u' => unicode(&mut chars)?,
            '\n' => {
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                continue;
            }
            c => c,
        });
    }
    Some(text)
}

/// The rest of `\u{1F600}`.
fn unicode(chars: &mut Peekable<Chars<'_>>) -> Option<char> {
    chars.next_if_eq(&'{')?;
    hexadecimal(chars.take_while(|c| *c != '}').filter(|c| *c != '_').collect())
}

fn hexadecimal(digits: String) -> Option<char> {
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_literal_stands_for_what_rust_says() {
        macro_rules! check {
            ($($literal:literal)*) => {$({
                let source: Literal = stringify!($literal).parse().unwrap();
                assert_eq!(text(&source).as_deref(), Some($literal), "{source}");
            })*};
        }
        check! {
            "" "a b" "\"'\\" "\n\r\t\0\x7f\u{1F600}\u{00_e4}\'" "ä \u{41}" r"\n" r#"a "quoted" \"# r##"a"#b"##
            "one \
             line" "two
            lines"
        }
    }

    #[test]
    fn other_literals_stand_for_no_text() {
        for source in ["1", "1.5", "384GiB", "'a'", "b\"a\"", "c\"a\"", "\"a\"GiB", "br\"a\""] {
            assert_eq!(text(&source.parse().unwrap()), None, "{source}");
        }
    }
}
