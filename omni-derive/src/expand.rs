//! What the macro expands to: each error at its tokens, and always the item that it was asked for.

use omni_model::{
    Context, Deployment, check,
    diagnostic::{Diagnostic, Severity},
    document::{Document, DocumentError},
};
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
        match document.read::<Deployment>() {
            Err(errors) => {
                problems.extend(errors.iter().map(|error| unreadable(error, &document, &reader)));
            }
            Ok(deployment) => {
                let mut report = match check(deployment, &Context::default()) {
                    Ok(checked) => checked.warnings().clone(),
                    Err(report) => report,
                };
                report.findings.sort_by_key(|finding| document.locate(&finding.path));
                for finding in &report.findings {
                    let problem = found(finding, &document, &reader);
                    match finding.severity {
                        Severity::Error => problems.push(problem),
                        Severity::Warning => hazards.push((finding.rule, problem)),
                    }
                }
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

fn unreadable(error: &DocumentError, document: &Document, reader: &Reader) -> Problem {
    let mut message = error.message.clone();
    if let Some((span, what)) = error.related {
        message += &format!("\nnote: {what} is at {}", document.show(span));
    }
    let problem = Problem::new(reader.at(error.span), message);
    match &error.help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

fn found(finding: &Diagnostic, document: &Document, reader: &Reader) -> Problem {
    let text = finding.text(|path| document.show(document.locate(path)));
    Problem::new(reader.at(document.locate(&finding.path)), text)
}

/// A warning of the compiler at the first token of `problem`: on stable there is none but the use of something deprecated,
/// of which one token is underlined.
fn warning(rule: &str, problem: &Problem) -> TokenStream {
    let Problem { at, message } = problem;
    let [declared, used] = [Span::call_site(), at.first].map(|span| Ident::new(rule, span));
    quote! {
        const _: () = {
            #[deprecated(note = #message)]
            const #declared: () = ();
            #used
        };
    }
}
