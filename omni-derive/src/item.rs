//! The head of the document: `pub fn name;`, the item that the macro makes.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;

use crate::{
    entries::{Docs, Reader, doc_text, is_punct},
    problem::At,
};

/// The function to make.
pub(crate) struct Item {
    /// Doc comments and other attributes, as they are written.
    pub(crate) attributes: TokenStream,
    pub(crate) visibility: TokenStream,
    pub(crate) name: Ident,
    pub(crate) docs: Docs,
}

/// Takes the head from the start of `rest`; nothing if there is no function's name in it.
pub(crate) fn read(reader: &mut Reader, rest: &mut &[TokenTree]) -> Option<Item> {
    let (mut attributes, mut comments) = (TokenStream::new(), Vec::new());
    while let [hash, TokenTree::Group(attribute), after @ ..] = *rest
        && is_punct(hash, '#')
    {
        let tokens = [hash.clone(), attribute.clone().into()];
        attributes.extend(tokens.clone());
        if doc_text(attribute.stream()).is_some() {
            comments.extend(tokens);
        }
        *rest = after;
    }
    let docs = reader.docs(&mut comments.as_slice());

    let start = *rest;
    let mut visibility = TokenStream::new();
    if let [TokenTree::Ident(word), after @ ..] = *rest
        && word == "pub"
    {
        word.to_tokens(&mut visibility);
        *rest = after;
        if let [TokenTree::Group(scope), after @ ..] = *rest
            && scope.delimiter() == Delimiter::Parenthesis
        {
            scope.to_tokens(&mut visibility);
            *rest = after;
        }
    }
    let [TokenTree::Ident(word), TokenTree::Ident(name), after @ ..] = *rest else {
        head_missing(reader, start);
        return None;
    };
    if word != "fn" {
        head_missing(reader, start);
        return None;
    }
    *rest = match after {
        [semicolon, after @ ..] if is_punct(semicolon, ';') => after,
        _ => {
            reader.problem(name.span(), format!("a `;` is missing after `fn {name}`"), HEAD);
            // Whatever else stands before the first entry is what is wrong with the head.
            let end = after.iter().position(|token| is_punct(token, ';')).map_or(0, |end| end + 1);
            after.get(end..).unwrap_or_default()
        }
    };
    Some(Item { attributes, visibility, name: name.clone(), docs })
}

const HEAD: &str = "begin with the function to define, `pub fn name;`, followed by the entries";

fn head_missing(reader: &mut Reader, start: &[TokenTree]) {
    reader.problem(At::all(start.get(..1).unwrap_or_default()), "`pub fn name;` is missing", HEAD);
}
