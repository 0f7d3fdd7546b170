//! Pieces of bash: the bodies of the functions that emitted programs consist of.

use std::fmt;

use askama::Template;

use crate::artifact::render;

/// The body of a bash function that runs as root under `set -euo pipefail`.
///
/// It may use `$bundle` (the option's folder), `$common` (the folder that all options share), `$state` (where a step keeps what it
/// must remember), `say TEXT…`, and `fail TEXT…`, which ends the step. A file of its own is rendered by
/// [`Artifact::from_template`](crate::artifact::Artifact::from_template) instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script(String);

impl Script {
    /// Renders a template, which quotes its values.
    ///
    /// # Panics
    ///
    /// As [`render`].
    pub(crate) fn new(template: &impl Template) -> Self {
        Self(render(template))
    }

    /// A text without values in it.
    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text as the body of a function. It is indented unless that could change a text that spans several lines.
    pub(crate) fn body(&self) -> String {
        let even = |line: &str, quote| line.matches(quote).count() % 2 == 0;
        let plain = !self.0.contains("<<") && self.0.lines().all(|line| even(line, '\'') && even(line, '"'));
        let body = if self.0.is_empty() { ":" } else { &self.0 };
        let margin = if plain { "  " } else { "" };
        let lines =
            body.lines().map(|line| if line.is_empty() { String::new() } else { format!("{margin}{line}") });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Whether it does nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
