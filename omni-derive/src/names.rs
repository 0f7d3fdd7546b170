//! Constants for the names of a deployment, so that rustc checks the references of the code that uses it.

use std::collections::BTreeMap;

use omni_model::{
    document::{Document, Entry, Node, Value},
    names::ServiceName,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::{entries::Reader, item::Item};

/// The maps whose keys are names: their constants stand in modules that are called as they are.
const NAMED: [&str; 6] = ["hosts", "zones", "stacks", "options", "services", "apis"];

/// The module beside the function: they may share a name, since a function is a value and a module is none.
pub(crate) fn module(item: &Item, document: &Document, reader: &Reader) -> TokenStream {
    let Item { visibility, name, .. } = item;
    let named = NAMED.into_iter().map(|map| (map, entries(&document.root, map).collect()));
    let hosts = entries(&document.root, "hosts");
    let gpus = ("gpus", hosts.flat_map(|host| entries(&host.node, "gpus")).collect());
    let modules = named.chain([gpus]).map(|(map, entries)| constants(map, entries, reader));
    let docs = format!("The names in the deployment [`{name}()`].");
    quote! {
        #[doc = #docs]
        #[allow(dead_code, unreachable_pub, non_upper_case_globals)]
        #visibility mod #name { #(#modules)* }
    }
}

/// The entries of the map that stands under `key` in `node`.
fn entries<'a>(node: &'a Node, key: &'a str) -> impl Iterator<Item = &'a Entry> {
    fn map(node: &Node) -> &[Entry] {
        match &node.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }
    map(node).iter().filter(move |entry| entry.key == key).flat_map(|entry| map(&entry.node))
}

fn constants(map: &str, entries: Vec<&Entry>, reader: &Reader) -> TokenStream {
    // A GPU's name may stand in several hosts.
    let names: BTreeMap<_, _> = entries
        .into_iter()
        .filter(|entry| entry.key.parse::<ServiceName>().is_ok())
        .rev()
        .map(|entry| (entry.key.as_str(), entry))
        .collect();
    let constants = names.into_iter().map(|(name, entry)| {
        let mut constant = name.to_uppercase().replace('-', "_");
        if constant.starts_with(|c: char| c.is_ascii_digit()) {
            constant.insert(0, '_');
        }
        let constant = Ident::new(&constant, reader.at(entry.key_span).first);
        let docs = format!("`{name}`");
        quote!(#[doc = #docs] pub const #constant: &str = #name;)
    });
    let module = Ident::new(map, Span::call_site());
    let docs = format!("The names of the {map}.");
    quote!(#[doc = #docs] pub mod #module { #(#constants)* })
}
