//! What is wrong, and at which tokens.

use omni_model::{ModelPath, document::Place, message::Message, rules::D001 as SYNTAX};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

/// The tokens from `first` to `last`. Two spans, since only a nightly compiler can join them into one.
#[derive(Clone, Copy)]
pub(crate) struct At {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl At {
    /// All of `tokens`, or where the macro is called if there are none.
    pub(crate) fn all(tokens: &[TokenTree]) -> Self {
        match tokens {
            [first, .., last] => Self { first: first.span(), last: last.span() },
            [token] => token.span().into(),
            [] => Span::call_site().into(),
        }
    }

    pub(crate) fn place(self) -> Place {
        let (start, end) = (self.first.start(), self.last.end());
        Place { line: start.line, column: start.column + 1, end_line: end.line, end_column: end.column + 1 }
    }
}

impl From<Span> for At {
    fn from(span: Span) -> Self {
        Self { first: span, last: span }
    }
}

/// One thing that is wrong: an error of the compiler, at its tokens.
pub(crate) struct Problem {
    pub(crate) at: At,
    pub(crate) text: String,
}

impl Problem {
    /// What keeps the tokens from being a document, and what would be right.
    pub(crate) fn syntax(at: impl Into<At>, message: impl Into<Message>, help: impl Into<String>) -> Self {
        let finding = SYNTAX.finding(ModelPath::root(), message).help(help);
        Self { at: at.into(), text: finding.text(ModelPath::to_string) }
    }
}

impl ToTokens for Problem {
    /// The compiler underlines an invocation from its first token to its last.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let text = &self.text;
        let mut arguments = Group::new(Delimiter::Brace, quote!(#text));
        arguments.set_span(self.at.last);
        tokens.extend(quote_spanned!(self.at.first=> ::core::compile_error! #arguments));
    }
}
