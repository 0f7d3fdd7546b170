//! From tokens to the tree of a document.

use std::{mem, slice};

use omni_model::{
    document::{Document, Entry, MAX_DEPTH, Node, Places, Span, Value},
    message::Message,
};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::{
    literal,
    problem::{At, Problem},
    scalar::{self, COMPUTED, is_joint},
};

/// The key that a doc comment stands for.
const DESCRIPTION: &str = "description";

/// Doc comments: what they say, and where they stand.
pub(crate) type Docs = Option<(String, At)>;

/// What has been read so far.
#[derive(Default)]
pub(crate) struct Reader {
    places: Places,
    /// The tokens of each span, in the order of `places`.
    table: Vec<At>,
    depth: usize,
    pub(crate) problems: Vec<Problem>,
}

impl Reader {
    /// Reads the entries of a whole document, which `at` stands for.
    pub(crate) fn document(&mut self, at: At, docs: Docs, tokens: &[TokenTree]) -> Document {
        let span = self.span(at);
        let root = Node { value: self.map(docs, tokens), span };
        Document { file: at.first.file(), places: mem::take(&mut self.places), root }
    }

    /// The tokens of a key or a value.
    pub(crate) fn at(&self, span: Span) -> At {
        self.table.get(span.index()).copied().unwrap_or(proc_macro2::Span::call_site().into())
    }

    fn span(&mut self, at: At) -> Span {
        self.table.push(at);
        self.places.add(at.place())
    }

    pub(crate) fn problem(
        &mut self,
        at: impl Into<At>,
        message: impl Into<Message>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem::syntax(at, message, help));
    }

    fn map(&mut self, docs: Docs, tokens: &[TokenTree]) -> Value {
        let mut entries = Vec::new();
        if let Some((text, at)) = docs {
            let (key_span, span) = (self.span(at), self.span(at));
            let node = Node { value: Value::Scalar(text), span };
            entries.push(Entry { key: DESCRIPTION.into(), key_span, node });
        }
        for mut rest in self.chunks(tokens) {
            while !rest.is_empty() {
                rest = self.entry(rest, &mut entries);
            }
        }
        Value::Map(entries)
    }

    fn list(&mut self, tokens: &[TokenTree]) -> Value {
        let mut items = Vec::new();
        for mut rest in self.chunks(tokens) {
            while !rest.is_empty() {
                let docs = self.docs(&mut rest);
                let (run, after) = rest.split_at(if is_nested(rest) { 1 } else { rest.len() });
                items.extend(self.value(run, docs));
                self.comma_missing(after);
                rest = after;
            }
        }
        Value::Seq(items)
    }

    /// What stands between commas, of which the last may be one too many.
    fn chunks<'a>(&mut self, tokens: &'a [TokenTree]) -> Vec<&'a [TokenTree]> {
        let mut chunks = Vec::new();
        for chunk in tokens.split_inclusive(is_separator) {
            let Some((separator, inner)) = chunk.split_last().filter(|(last, _)| is_separator(last)) else {
                chunks.push(chunk);
                continue;
            };
            if is_punct(separator, ';') {
                self.problem(separator.span(), "expected a comma, found `;`", "write `,`");
            } else if inner.is_empty() {
                self.problem(separator.span(), "there is nothing before this comma", "remove it");
            }
            chunks.push(inner);
        }
        chunks
    }

    /// Reads one entry, and returns what is left where a comma is missing after it.
    fn entry<'a>(&mut self, mut rest: &'a [TokenTree], entries: &mut Vec<Entry>) -> &'a [TokenTree] {
        let docs = self.docs(&mut rest);
        let Some(colon) = colon(rest) else {
            if !rest.is_empty() {
                self.no_value(rest);
            } else if let Some((_, at)) = docs {
                self.problem(at, "there is no entry after this doc comment", "use `//` for a comment");
            }
            return &[];
        };
        let (before, after) = rest.split_at(colon);
        let (stray, key) = before.split_at(start_of_key(before));
        if !stray.is_empty() {
            self.no_value(stray);
        }
        let Some(text) = self.key(key, after) else { return &[] };
        let key_span = self.span(At::all(key));
        let after = after.get(1..).unwrap_or_default();
        let (run, rest) = after.split_at(end_of_value(after));
        if run.is_empty() {
            let help = match rest.is_empty() {
                true => "write the value after the `:`",
                false => "a text that contains `:` needs quotes",
            };
            self.problem(At::all(key), format!("`{text}` has no value"), help);
            return rest;
        }
        // The names of a deployment stay, even where what they stand for cannot be read.
        let node = self.value(run, docs).unwrap_or(Node { value: Value::Null, span: key_span });
        entries.push(Entry { key: text, key_span, node });
        if self::colon(rest).is_some() {
            self.comma_missing(rest);
            return rest;
        }
        if !rest.is_empty() {
            let message = format!("expected a comma after `{}`", scalar::join(run).trim_start());
            self.problem(At::all(rest), message, COMPUTED);
        }
        &[]
    }

    fn no_value(&mut self, run: &[TokenTree]) {
        let text = scalar::join(run);
        match scalar::read(run) {
            Ok(_) => {
                self.problem(At::all(run), format!("`{text}` has no value"), format!("write `{text}: …`"))
            }
            Err(_) => self.problem(
                At::all(run),
                format!("expected `key: value`, found `{}`", text.trim_start()),
                "write `key: value`",
            ),
        }
    }

    /// The text of the key that stands before `colon`.
    fn key(&mut self, key: &[TokenTree], colon: &[TokenTree]) -> Option<String> {
        if key.is_empty() {
            let colon = colon.get(..1).unwrap_or_default();
            self.problem(At::all(colon), "a key is missing before this `:`", "write `key: value`");
            return None;
        }
        scalar::read(key).map_err(|problem| self.problems.push(problem)).ok()
    }

    /// Reads one value, which is all of `run`.
    fn value(&mut self, run: &[TokenTree], docs: Docs) -> Option<Node> {
        match run {
            [TokenTree::Group(group)] if is_nested(run) => self.nested(group, docs),
            _ => self.scalar(run, docs),
        }
    }

    fn nested(&mut self, group: &Group, docs: Docs) -> Option<Node> {
        if self.depth == MAX_DEPTH {
            let message = format!("a deployment may be nested at most {MAX_DEPTH} levels deep");
            self.problem(group.span_open(), message, "use fewer levels of braces and brackets");
            return None;
        }
        let span = self.span(group.span_open().into());
        let inner = flat(group.stream());
        self.depth += 1;
        let value = if group.delimiter() == Delimiter::Brace {
            self.map(docs, &inner)
        } else {
            self.only_maps_have(docs);
            self.list(&inner)
        };
        self.depth -= 1;
        Some(Node { value, span })
    }

    fn scalar(&mut self, run: &[TokenTree], docs: Docs) -> Option<Node> {
        self.only_maps_have(docs);
        match scalar::read(run) {
            Ok(text) => Some(Node { value: Value::Scalar(text), span: self.span(At::all(run)) }),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn comma_missing(&mut self, after: &[TokenTree]) {
        if let Some((next, _)) = after.split_first() {
            let text = scalar::join(slice::from_ref(next));
            let message = format!("a comma is missing before `{}`", text.trim_start());
            let at = match next {
                TokenTree::Group(group) => group.span_open(),
                _ => next.span(),
            };
            self.problem(at, message, "separate entries and values by commas");
        }
    }

    fn only_maps_have(&mut self, docs: Docs) {
        if let Some((_, at)) = docs {
            let help = "use `//` for a comment";
            self.problem(at, "only an entry whose value is a map in braces can have a doc comment", help);
        }
    }

    /// Takes the doc comments from the start of `rest`.
    pub(crate) fn docs(&mut self, rest: &mut &[TokenTree]) -> Docs {
        let mut docs: Docs = None;
        while let [hash, TokenTree::Group(attribute), after @ ..] = *rest
            && is_punct(hash, '#')
        {
            *rest = after;
            let at = At { first: hash.span(), last: attribute.span() };
            let Some(text) = doc_text(attribute.stream()) else {
                self.problem(at, "only doc comments are allowed before an entry", "remove the attribute");
                continue;
            };
            docs = Some(match docs {
                Some((lines, earlier)) => (lines + " " + &text, At { first: earlier.first, last: at.last }),
                None => (text, at),
            });
        }
        docs
    }
}

/// The text of `doc = "…"`, the form in which the compiler passes doc comments. As in Markdown, the end of a line is a space.
pub(crate) fn doc_text(attribute: TokenStream) -> Option<String> {
    let tokens: Vec<_> = attribute.into_iter().collect();
    let [TokenTree::Ident(name), equals, TokenTree::Literal(literal)] = tokens.as_slice() else {
        return None;
    };
    if name != "doc" || !is_punct(equals, '=') {
        return None;
    }
    Some(literal::text(literal)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The tokens of a stream, and in the place of an invisible group, as `macro_rules!` makes them, what stands in it.
pub(crate) fn flat(stream: TokenStream) -> Vec<TokenTree> {
    let mut tokens = Vec::new();
    for token in stream {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                tokens.extend(flat(group.stream()));
            }
            token => tokens.push(token),
        }
    }
    tokens
}

pub(crate) fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

fn is_separator(token: &TokenTree) -> bool {
    is_punct(token, ',') || is_punct(token, ';')
}

/// Whether a map or a list stands first.
fn is_nested(run: &[TokenTree]) -> bool {
    matches!(run.first(), Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::Parenthesis)
}

/// The index of the first `:` that is none of a `::`.
fn colon(tokens: &[TokenTree]) -> Option<usize> {
    let is_colon = |index: usize| tokens.get(index).is_some_and(|token| is_punct(token, ':'));
    let is_pair = |index: usize| is_joint(tokens.get(index), ':') && is_colon(index + 1);
    (0..tokens.len())
        .find(|&index| is_colon(index) && !is_pair(index) && !index.checked_sub(1).is_some_and(is_pair))
}

/// Where the value that stands first ends: before the key of the next entry, if a comma is missing.
fn end_of_value(tokens: &[TokenTree]) -> usize {
    match colon(tokens).and_then(|colon| tokens.get(..colon)) {
        _ if is_nested(tokens) => 1,
        Some(run) => start_of_key(run),
        None => tokens.len(),
    }
}

/// Where in the run of tokens before a `:` its key starts: after the last two that no punctuation joins.
fn start_of_key(run: &[TokenTree]) -> usize {
    let joins = |token: &TokenTree| ['-', '.', '/'].into_iter().any(|c| is_punct(token, c));
    let is_word = |token: &TokenTree| matches!(token, TokenTree::Ident(_) | TokenTree::Literal(_));
    let is_joined = |pair: &[TokenTree]| matches!(pair, [left, right] if joins(left) && is_word(right) || is_word(left) && joins(right));
    run.windows(2).rposition(|pair| !is_joined(pair)).map_or(0, |last| last + 1)
}
