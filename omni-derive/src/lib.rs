//! The [`deployment!`] macro: a deployment that the compiler checks.
//!
//! The macro turns its tokens into the same [`Document`](omni_model::document::Document) that the YAML reader makes, reads it into a
//! [`Deployment`](omni_model::Deployment), checks it with [`omni_model::check()`], and reports each finding at its token.

mod entries;
mod expand;
mod item;
mod literal;
mod names;
mod problem;
mod scalar;
#[cfg(test)]
mod tests;

/// Defines a deployment and checks it at compile time.
///
/// ```text
/// omni::deployment! {
///     /// One box, one model
///     pub fn home;
///
///     name: "home",
///     version: "1.0",
///     hosts: {
///         box: {
///             address: "192.168.1.10",
///             lan: { interface: eno1, cidr: "192.168.1.0/24" },
///             ram: { capacity: 64 GiB, ceiling: 90%, reserve: 8 GiB },
///         },
///     },
///     zones: { inference: { title: "Inference" } },
///     stacks: { inference: {} },
///     services: {
///         llama: { zone: inference, stack: inference, image: { reference: "home/llama:1.0" }, memory_limit: 8 GiB },
///     },
///     flows: [lan -> llama.http],
/// }
/// ```
///
/// `pub fn home;` defines the function `home() -> omni::Checked`, and a module `home` with a constant for each name, such as
/// `home::hosts::BOX`. An error in the deployment is a compiler error at the token that is wrong. A warning that the deployment does
/// not accept is a compiler warning.
///
/// # Syntax
///
/// - A value is a map in braces, a list in brackets, a text in quotes, or a bare word or quantity such as `64 GiB`, `94%`, `25min`,
///   `true` or `eno1`.
/// - A text that contains other punctuation needs quotes, for example `"192.168.1.0/24"`. A flow needs none: `lan -> llama.http`.
/// - Values are literal: a macro sees the text of the program, not what it computes. To compute a deployment, construct a
///   [`Deployment`](omni_model::Deployment) in plain Rust and check it with `omni::build::enforce`.
/// - A doc comment on an entry sets its `description`.
///
/// # Keys
///
/// The keys are the fields of these types. `docs/reference.md` lists all of them, and `omni explain services.memory_limit` prints one.
///
/// | key | type of its values |
/// |---|---|
/// | top level | [`Deployment`](omni_model::Deployment) |
/// | `hosts` | [`Host`](omni_model::deployment::Host) |
/// | `zones` | [`Zone`](omni_model::deployment::Zone) |
/// | `stacks` | [`Stack`](omni_model::deployment::Stack) |
/// | `options` | [`DeploymentOption`](omni_model::deployment::DeploymentOption) |
/// | `models` | [`Model`](omni_model::deployment::Model) |
/// | `services` | [`Service`](omni_model::deployment::Service) |
/// | `apis` | [`Api`](omni_model::deployment::Api) |
/// | `secrets` | [`Secret`](omni_model::deployment::Secret) |
/// | `flows` | [`Flow`](omni_model::deployment::Flow) |
/// | `network` | [`Network`](omni_model::deployment::Network) |
/// | `network_policies` | [`AuthoredPolicy`](omni_model::deployment::AuthoredPolicy) |
/// | `cluster` | [`Cluster`](omni_model::deployment::Cluster) |
/// | `monitoring` | [`Monitoring`](omni_model::deployment::Monitoring), its `alerts` [`Alert`](omni_model::deployment::Alert) |
/// | `knowledge` | [`Knowledge`](omni_model::deployment::Knowledge) |
/// | `operations` | [`Operations`](omni_model::deployment::Operations) |
/// | `accept` | [`Acceptance`](omni_model::deployment::Acceptance) |
///
/// # Examples
///
/// The first page of the crate `omni` has a whole program, `examples/minimal.rs` the same to copy, and `omni init --rust` writes a
/// project to begin with.
#[proc_macro]
pub fn deployment(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand::expand(input.into()).into()
}
