//! The modules of a crate form layers: within each folder, no two of them import each other, directly or in a cycle.
//!
//! An import counts for the module that defines the item: `super::Rule`, which `rules/mod.rs` re-exports from `rules/rule.rs`,
//! is an import of `rules/rule.rs`. Every module of a folder may use what the folder's own `mod.rs` defines.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::Path,
};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, File, Item, UseTree, parse_file};

use crate::examples::repository;

const CRATES: [&str; 4] = ["omni-model/src", "omni-derive/src", "omni-emit/src", "src"];

/// A module: its path from the root of the crate, and its imports, as paths from there.
#[derive(Debug, Default)]
struct Module {
    imports: BTreeSet<Vec<String>>,
    /// The names that `pub use` re-exports here, with their original paths.
    exports: HashMap<String, Vec<String>>,
}

type Modules = BTreeMap<Vec<String>, Module>;

/// Reads the modules below a folder, without tests.
fn read(folder: &Path, at: &[String], modules: &mut Modules) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        let stem = entry.file_stem().unwrap().to_str().unwrap().to_owned();
        let is_here = ["lib", "mod"].contains(&stem.as_str());
        let path: Vec<_> = at.iter().cloned().chain((!is_here).then_some(stem.clone())).collect();
        if entry.is_dir() && stem != "bin" {
            read(&entry, &path, modules);
        } else if entry.extension().is_some_and(|end| end == "rs")
            && !["tests", "testing"].contains(&stem.as_str())
        {
            let text = fs::read_to_string(&entry).unwrap();
            modules.insert(path.clone(), module(parse_file(&text).unwrap(), &path));
        }
    }
}

fn module(file: File, path: &[String]) -> Module {
    let mut module = Module::default();
    for item in file.items.into_iter().filter(|item| !is_test(attributes(item))) {
        if let Item::Use(it) = &item {
            uses(&it.tree, Vec::new(), &mut |name, whole| {
                let whole = from_root(whole, path);
                module.exports.insert(name, whole.clone());
                module.imports.insert(whole);
            });
        } else {
            let mut paths = Vec::new();
            spelled_out(item.into_token_stream(), &mut paths);
            module.imports.extend(paths.into_iter().map(|it| from_root(it, path)));
        }
    }
    module
}

/// Reports each name that a `use` imports, with its whole path. A glob import has the name `*`.
fn uses(tree: &UseTree, mut path: Vec<String>, found: &mut impl FnMut(String, Vec<String>)) {
    match tree {
        UseTree::Path(it) => {
            path.push(it.ident.to_string());
            uses(&it.tree, path, found);
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| uses(tree, path.clone(), found)),
        UseTree::Glob(_) => found("*".to_owned(), path),
        UseTree::Name(it) if it.ident == "self" => found(path.last().unwrap().clone(), path),
        UseTree::Name(it) => {
            path.push(it.ident.to_string());
            found(it.ident.to_string(), path);
        }
        UseTree::Rename(it) => {
            path.push(it.ident.to_string());
            found(it.rename.to_string(), path);
        }
    }
}

/// Collects the paths in the code that begin with `crate` or `super`, such as `crate::words::list`.
fn spelled_out(tokens: TokenStream, found: &mut Vec<Vec<String>>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => spelled_out(group.stream(), found),
            TokenTree::Ident(ident) if ident == "crate" || ident == "super" => {
                let mut path = vec![ident.to_string()];
                let is_colon =
                    |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ':');
                while tokens.next_if(is_colon).is_some() {
                    if let Some(TokenTree::Ident(next)) =
                        tokens.next_if(|it| matches!(it, TokenTree::Ident(_)))
                    {
                        path.push(next.to_string());
                    }
                }
                found.push(path);
            }
            _ => {}
        }
    }
}

/// Converts a path in a module to a path from the root of the crate.
fn from_root(path: Vec<String>, module: &[String]) -> Vec<String> {
    let supers = path.iter().take_while(|segment| *segment == "super").count();
    let from = match path.first().map(String::as_str) {
        Some("crate") => return path[1..].to_vec(),
        Some("self") => return [module, &path[1..]].concat(),
        _ => module.len().saturating_sub(supers),
    };
    [&module[..from], &path[supers..]].concat()
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(it) => &it.attrs,
        Item::Enum(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::Impl(it) => &it.attrs,
        Item::Mod(it) => &it.attrs,
        Item::Static(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        Item::Trait(it) => &it.attrs,
        Item::Use(it) => &it.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let is =
        |attribute: &Attribute| attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]";
    attributes.iter().any(is)
}

/// Returns, for each folder, which of its modules imports which.
fn arrows(modules: &Modules) -> BTreeMap<Vec<String>, BTreeMap<String, BTreeSet<String>>> {
    let mut arrows: BTreeMap<_, BTreeMap<_, BTreeSet<_>>> = BTreeMap::new();
    let has = |path: &[String]| modules.keys().any(|module| module.starts_with(path));
    for (path, module) in modules {
        for import in &module.imports {
            let mut import = import;
            loop {
                let same = path.iter().zip(import).take_while(|(a, b)| a == b).count();
                let (Some(from), Some(to)) = (path.get(same), import.get(same)) else { break };
                let folder = &path[..same];
                if has(&[folder, std::slice::from_ref(to)].concat()) {
                    let here = arrows.entry(folder.to_vec()).or_default();
                    here.entry(from.clone()).or_default().insert(to.clone());
                    break;
                }
                match modules.get(folder).and_then(|folder| folder.exports.get(to)) {
                    Some(elsewhere) if elsewhere != import => import = elsewhere,
                    _ => break,
                }
            }
        }
    }
    arrows
}

/// Returns a cycle of imports. `None` if there is none.
fn circle(arrows: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    let mut way = Vec::new();
    arrows.keys().find_map(|start| walk(start, arrows, &mut way, &mut done))
}

fn walk<'a>(
    at: &'a String,
    arrows: &'a BTreeMap<String, BTreeSet<String>>,
    way: &mut Vec<&'a String>,
    done: &mut BTreeSet<&'a String>,
) -> Option<Vec<String>> {
    if let Some(start) = way.iter().position(|it| *it == at) {
        return Some(way[start..].iter().chain([&at]).map(|it| (*it).clone()).collect());
    }
    if !done.insert(at) {
        return None;
    }
    way.push(at);
    let found = arrows.get(at).into_iter().flatten().find_map(|next| walk(next, arrows, way, done));
    way.pop();
    found
}

#[test]
fn no_modules_import_each_other() {
    let mut circles = Vec::new();
    for name in CRATES {
        let mut modules = Modules::new();
        read(&repository().join(name), &[], &mut modules);
        let arrows = arrows(&modules);
        assert!(!arrows.is_empty(), "{name} has no modules");
        for (folder, arrows) in arrows {
            circles.extend(
                circle(&arrows).map(|way| format!("{name}/{}: {}", folder.join("/"), way.join(" -> "))),
            );
        }
    }
    assert!(circles.is_empty(), "modules import each other:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_found() {
    let module = |path: &str, text: &str| {
        let path: Vec<_> = path.split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect();
        (path.clone(), module(parse_file(text).unwrap(), &path))
    };
    let circle_of = |modules: Vec<(Vec<String>, Module)>| {
        arrows(&modules.into_iter().collect()).values().find_map(circle).map(|way| way.join(" "))
    };
    let a = || module("a", "use crate::b::{self, X as Y};");
    let b = || module("b", "use std::fmt; mod inner { }");
    assert_eq!(circle_of(vec![a(), b()]), None);
    // Paths in a function body, in a test, in a nested file, and through re-exports of the folder.
    assert_eq!(circle_of(vec![a(), module("b", "fn f() { crate::a::g() }")]).as_deref(), Some("a b a"));
    assert_eq!(circle_of(vec![a(), module("b", "#[cfg(test)] mod tests { use crate::a; }")]), None);
    assert_eq!(circle_of(vec![a(), b(), module("b/c", "use super::super::a::Z;")]).as_deref(), Some("a b a"));
    let (root, d) = (|| module("", "pub use a::Z;"), || module("b/d", "use crate::Z;"));
    assert_eq!(circle_of(vec![root(), a(), b(), d()]).as_deref(), Some("a b a"));
}
