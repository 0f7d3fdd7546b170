//! A scalar: a text in quotes, or a run of bare tokens joined to one text.

use proc_macro2::{Delimiter, Spacing, TokenTree};

use crate::{
    literal,
    problem::{At, Problem},
};

/// Tokens as one text: a space only between two of which neither is punctuation. Never by comparing places, which not
/// every host of a macro knows.
pub(crate) fn join(run: &[TokenTree]) -> String {
    let mut text = String::new();
    let mut after_word = false;
    for token in run {
        let is_word = !matches!(token, TokenTree::Punct(_));
        if after_word && is_word && !matches!(token, TokenTree::Group(_)) {
            text.push(' ');
        }
        after_word = is_word;
        match token {
            TokenTree::Group(group) => text.push_str(match group.delimiter() {
                Delimiter::Parenthesis => "(…)",
                Delimiter::Brace => " {…}",
                Delimiter::Bracket => "[…]",
                Delimiter::None => "…",
            }),
            TokenTree::Ident(ident) => text.push_str(ident.to_string().trim_start_matches("r#")),
            TokenTree::Punct(_) | TokenTree::Literal(_) => text.push_str(&token.to_string()),
        }
    }
    text
}

/// Reads the text that `run`, which is not empty, stands for.
pub(crate) fn read(run: &[TokenTree]) -> Result<String, Problem> {
    if let [TokenTree::Literal(literal)] = run
        && let Some(text) = literal::text(literal)
    {
        return Ok(text);
    }
    for (index, token) in run.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|index| run.get(index));
        check(token, previous, run.get(index + 1)).map_err(|trouble| trouble.problem(run, token))?;
    }
    Ok(join(run))
}

/// Why a token cannot stand in bare words.
enum Trouble {
    Expression,
    Quoted,
    NotText,
    Unquoted,
}

impl Trouble {
    fn problem(self, run: &[TokenTree], token: &TokenTree) -> Problem {
        let text = join(run);
        let text = text.trim_start();
        match self {
            Self::Expression => Problem::syntax(
                At::all(run),
                format!("`{text}` is a Rust expression: a macro sees its text, not its value"),
                COMPUTED,
            ),
            Self::Quoted => Problem::syntax(
                token.span(),
                "there is something beside a text in quotes",
                "quote the whole value, or separate two values by a comma",
            ),
            Self::NotText => Problem::syntax(
                token.span(),
                format!("`{token}` is neither a text nor a number"),
                "write texts in plain double quotes",
            ),
            Self::Unquoted => Problem::syntax(
                At::all(run),
                format!("a text that contains `{token}` needs quotes"),
                format!("write `\"{text}\"`"),
            ),
        }
    }
}

/// What to do instead of computing.
pub(crate) const COMPUTED: &str = "write the value itself, and texts in quotes; compute a deployment in plain Rust instead, \
    and check it with `omni::build::enforce` in build.rs";

fn check(token: &TokenTree, previous: Option<&TokenTree>, next: Option<&TokenTree>) -> Result<(), Trouble> {
    match token {
        TokenTree::Ident(_) => Ok(()),
        TokenTree::Group(_) => Err(Trouble::Expression),
        TokenTree::Literal(literal) if literal::text(literal).is_some() => Err(Trouble::Quoted),
        TokenTree::Literal(literal) if literal.to_string().starts_with(|c: char| c.is_ascii_digit()) => {
            Ok(())
        }
        TokenTree::Literal(_) => Err(Trouble::NotText),
        TokenTree::Punct(punct) => match punct.as_char() {
            '-' | '.' | '/' | '%' => Ok(()),
            '>' if is_joint(previous, '-') => Ok(()),
            c @ (':' | '=') if !(is_joint(Some(token), c) && is_punct(next, c)) => Err(Trouble::Unquoted),
            '#' | '$' | '@' | '~' | '\'' | ';' | '\\' => Err(Trouble::Unquoted),
            _ => Err(Trouble::Expression),
        },
    }
}

fn is_punct(token: Option<&TokenTree>, c: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == c)
}

/// Whether `token` is that punctuation, with the next one directly behind it.
pub(crate) fn is_joint(token: Option<&TokenTree>, c: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == c && punct.spacing() == Spacing::Joint)
}
