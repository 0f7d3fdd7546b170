//! What the macro expands to: each error at its tokens, and always the item that it was asked for.

use omni_model::{Context, Judgement, diagnostic::Severity, document::Document};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::{
    entries::{self, Reader},
    item::{self, Item},
    names,
    problem::Problem,
};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let tokens = entries::flat(input);
    let mut reader = Reader::default();
    let mut rest = tokens.as_slice();
    let Some(item) = item::read(&mut reader, &mut rest) else {
        let problems = reader.problems;
        return quote!(#(#problems)*);
    };
    let document = reader.document(item.name.span().into(), item.docs.clone(), rest);
    let mut problems = std::mem::take(&mut reader.problems);
    let mut hazards = Vec::new();
    // One phase after the other: what is no document is not read, and what cannot be read is not checked.
    if problems.is_empty() {
        let judgement = Judgement::of_document(&document, Vec::new(), None, &Context::default());
        for finding in judgement.findings {
            let Some(at) = &finding.at else { continue };
            let problem = Problem { at: reader.at(at.span), text: finding.text() };
            match finding.diagnostic.severity {
                Severity::Error => problems.push(problem),
                Severity::Warning => hazards.push((finding.diagnostic.rule, problem)),
            }
        }
    }
    let function = function(&item, &document, problems.is_empty());
    let names = names::module(&item, &document, &reader);
    let warnings = hazards.iter().map(|(rule, problem)| warning(rule, problem));
    quote!(#(#problems)* #(#warnings)* #function #names)
}

/// The function, whose body is sound only if the document is.
fn function(item: &Item, document: &Document, is_sound: bool) -> TokenStream {
    let Item { attributes, visibility, name, .. } = item;
    let body = if is_sound {
        let embedded = document.embed();
        quote!(::omni::model::Checked::from_embedded(#embedded))
    } else {
        quote!(::core::unreachable!("a deployment with errors does not compile"))
    };
    quote!(#attributes #visibility fn #name() -> ::omni::model::Checked { #body })
}

/// A warning of the compiler at the first token of `problem`: on stable there is none but the use of something deprecated,
/// of which one token is underlined.
fn warning(rule: &str, problem: &Problem) -> TokenStream {
    let Problem { at, text } = problem;
    let [declared, used] = [Span::call_site(), at.first].map(|span| Ident::new(rule, span));
    quote! {
        const _: () = {
            #[deprecated(note = #text)]
            const #declared: () = ();
            #used
        };
    }
}
