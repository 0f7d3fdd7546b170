//! The structure of a shell script without its texts: the operators, words and expansions that bash sees, each word as `w`.

/// The context of the current character.
enum Place {
    /// In a command. The number counts the open parentheses.
    Code(u32),
    /// In double quotes.
    Quotes,
    /// In `${…}`.
    Braces,
}

/// Returns the skeleton of a script. Two scripts with the same skeleton differ only in the texts of their words, so a text in
/// one is not a command in the other.
pub(crate) fn skeleton(script: &str) -> String {
    let mut out = String::new();
    let mut places = vec![Place::Code(0)];
    let mut here_documents: Vec<String> = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let place = places.last_mut().unwrap();
        let mut skip = c.len_utf8();
        match (c, place) {
            ('\\', _) => {
                if !after.starts_with('\n') {
                    word(&mut out);
                }
                skip += after.chars().next().map_or(0, char::len_utf8);
            }
            ('`', _) => out.push('`'),
            ('$', _) if after.starts_with('(') => {
                out += "$(";
                skip += 1;
                places.push(Place::Code(0));
            }
            ('$', _) if after.starts_with('{') => {
                out += "${";
                skip += 1;
                places.push(Place::Braces);
            }
            ('$', Place::Code(_)) if after.starts_with('\'') => {
                word(&mut out);
                let quoted = after[1..].replace("\\\\", "xx").replace("\\'", "xx");
                skip += quoted.find('\'').unwrap() + 2;
            }
            ('$', _) => out.push('$'),
            ('"', Place::Quotes) => drop(places.pop()),
            ('"', _) => {
                word(&mut out);
                places.push(Place::Quotes);
            }
            ('}', Place::Braces) => {
                out.push('}');
                places.pop();
            }
            ('\'', Place::Code(_) | Place::Braces) => {
                word(&mut out);
                skip += after.find('\'').unwrap() + 1;
            }
            ('#', Place::Code(_)) if out.ends_with([' ', '\n', ';', '(', ')']) || out.is_empty() => {
                skip = rest.find('\n').unwrap_or(rest.len());
            }
            ('<', Place::Code(_)) if after.starts_with("<'") => {
                let delimiter = after[2..].split('\'').next().unwrap();
                here_documents.push(delimiter.to_owned());
                out += "<<";
                skip += 3 + delimiter.len();
            }
            ('\n', Place::Code(_)) => {
                out.push('\n');
                for delimiter in here_documents.drain(..) {
                    let mut lines = rest[skip..].split_inclusive('\n');
                    skip += lines
                        .by_ref()
                        .take_while(|line| line.trim_end() != delimiter)
                        .map(str::len)
                        .sum::<usize>();
                    skip += delimiter.len();
                }
            }
            ('(', Place::Code(open)) => {
                out.push(c);
                *open += 1;
            }
            (')', Place::Code(open)) if *open > 0 => {
                out.push(c);
                *open -= 1;
            }
            (')', Place::Code(_)) => {
                out.push(c);
                // A closing parenthesis without an opening one belongs to a `case`.
                if places.len() > 1 {
                    places.pop();
                }
            }
            (
                ';' | '&' | '|' | '<' | '>' | '{' | '}' | '*' | '?' | '[' | ']' | '~' | '!' | '=',
                Place::Code(_),
            ) => out.push(c),
            (' ' | '\t', Place::Code(_)) => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ => word(&mut out),
        }
        rest = &rest[skip..];
    }
    out
}

fn word(out: &mut String) {
    if !out.ends_with('w') {
        out.push('w');
    }
}

#[cfg(test)]
mod tests {
    use super::skeleton;

    #[test]
    fn texts_are_the_same_however_they_are_quoted() {
        for text in
            ["plain", "'a b'", r#""a b""#, r"a\ b", r"'it'\''s $(here)'", r#"'"; rm x; "'"#, r"$'a\'b'"]
        {
            assert_eq!(skeleton(&format!("echo {text} | cat # why\n")), "w w | w \n", "{text}");
        }
        assert_eq!(skeleton("cat <<'END'\n$(x) 'it\nEND\nls\n"), "w <<\n\nw\n");
    }

    #[test]
    fn what_runs_is_seen() {
        let plain = skeleton(r#"fail "no $x""#);
        for text in [r#"fail "no $x $(y)""#, r#"fail "no $x `y`""#, r#"fail "no $x"; y"#, "fail \"no $x\"\ny"]
        {
            assert_ne!(skeleton(text), plain, "{text}");
        }
        assert_eq!(skeleton(r#"fail "no $x of it's kind""#), plain);
        assert_eq!(skeleton(r#"a="$(b "c d" 'e)')" f"#), "w=w$(w w w) w");
        assert_eq!(skeleton("x=$(case $y in a) b ;; esac)"), "w=$(w $w w w) w ;; w)");
    }
}
