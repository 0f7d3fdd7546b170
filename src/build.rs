//! The build gate: a `build.rs` that refuses an invalid deployment, for deployments that are computed or read from a file.
//!
//! ```no_run
//! // in build.rs
//! omni::build::enforce_file("deployment.yaml");
//! ```
//!
//! Findings are shown as errors and warnings of cargo. `examples/build-gate` is a whole package.

use std::path::Path;

use omni_model::{Deployment, judgement::Finding, shown::Shown};

use crate::source::{Source, location, today};

/// Fails the build if the deployment has an error, and shows every finding.
///
/// # Examples
///
/// ```no_run
/// // build.rs
/// use omni::{Deployment, Source, model::Context};
///
/// /// The deployment, with a root file system that no service can write to.
/// fn deployment() -> Option<Deployment> {
///     let source = Source::file("deployment.yaml").ok()?;
///     let mut deployment = source.check(&Context::default()).deployment?;
///     for service in deployment.services.values_mut() {
///         service.read_only = true;
///     }
///     Some(deployment)
/// }
///
/// fn main() {
///     omni::build::enforce(&deployment().expect("a deployment that can be read"));
/// }
/// ```
pub fn enforce(deployment: &Deployment) {
    // Cargo runs the script again if its sources change. Nothing else matters here.
    println!("cargo::rerun-if-changed=build.rs");
    report(&Source::from(deployment));
}

/// Fails the build if the deployment in a YAML file has an error, and shows every finding with its line. The path is relative to
/// the package.
pub fn enforce_file(path: impl AsRef<Path>) {
    let path = path.as_ref();
    println!("cargo::rerun-if-changed={}", path.display());
    match Source::file(path) {
        Ok(source) => report(&source),
        Err(error) => println!("cargo::error=cannot read `{}`: {error}", Shown(&path.display().to_string())),
    }
}

fn report(source: &Source) {
    for group in source.check(&today()).groups() {
        print!("{}", directives(&group));
    }
}

/// The finding as directives of cargo. A directive is a single line, and cargo shows them one below the other.
fn directives(group: &[&Finding]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let kind = first.diagnostic.severity;
    let places: String = group.iter().map(|finding| location(finding)).collect();
    let text = first.text() + "\n" + &places;
    text.lines().map(|line| format!("cargo::{kind}={line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_a_finding_is_a_directive_of_cargo() {
        let source = Source::yaml("deployment.yaml", "name: a\nversion: '1'\nhots: {}\n");
        let judgement = source.check(&today());
        let directives: String = judgement.groups().iter().map(|group| directives(group)).collect();
        let expected = "[D002] unknown key `hots`
help: did you mean `hosts`?
more: omni explain D002
 --> deployment.yaml:3:1
  |
3 | hots: {}
  | ^^^^
";
        assert_eq!(
            directives,
            expected.lines().map(|line| format!("cargo::error={line}\n")).collect::<String>()
        );
    }
}
