//! The `deployment!` macro.

mod entries;
mod expand;
mod item;
mod literal;
mod names;
mod problem;
mod scalar;
#[cfg(test)]
mod tests;

/// A deployment, written as a document and checked by rustc.
///
/// ```text
/// omni::deployment! {
///     /// One box, one model.
///     pub fn home;
///
///     name: "home",
///     hosts: {
///         box: { ram: { capacity: 64 GiB, ceiling: 94% } },
///     },
///     flows: [agent -> llama.http],
/// }
/// ```
///
/// The keys are those of `omni::Deployment`, whose fields say what each of them means. A value is a map in braces, a
/// list in brackets, a text in quotes, or bare words such as `64 GiB`, `94%`, `25min`, `true` or a name. What stands there
/// is the value itself: a macro sees the text of the program, not what it computes. A doc comment on an entry is its
/// `description`.
///
/// It makes `pub fn home() -> omni::Checked`, and `mod home` with a constant for each name: `home::hosts::BOX`.
/// What is wrong with the deployment is an error of the compiler at the place where it stands, and a hazard that is not
/// accepted is a warning.
#[proc_macro]
pub fn deployment(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand::expand(input.into()).into()
}
