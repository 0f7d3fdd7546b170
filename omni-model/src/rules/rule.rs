//! What a rule is, and how its findings come about.

use std::fmt::Display;

use indexmap::IndexMap;

use crate::{
    deployment::{Acceptance, Deployment},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{Message, Names, value},
    path::ModelPath,
    units::Date,
};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id: the first letter of its family and three digits. An id is never used again for another rule.
    pub id: &'static str,
    /// Its name in kebab case: `vram-over-budget`.
    pub name: &'static str,
    /// The first release that has it.
    pub since: &'static str,
    /// Since when it is deprecated, if it is. A deprecated rule still runs.
    pub deprecated: Option<&'static Deprecation>,
    /// Whether its findings are errors or warnings.
    pub severity: Severity,
    /// What it checks, in one line.
    pub summary: &'static str,
    /// Its page in Markdown: what it checks, why it matters, a bad example, a good one, and the source.
    pub docs: &'static str,
    /// What it looks at, and the function that finds what is wrong.
    pub scope: Scope,
}

/// The life cycle of a rule that will be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deprecation {
    /// The release that deprecated it.
    pub since: &'static str,
    /// What takes its place.
    pub instead: &'static str,
}

/// An id that no rule has any more. `explain` still answers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The id.
    pub id: &'static str,
    /// The name that the rule had, if it was ever released.
    pub name: Option<&'static str>,
    /// The first release without it.
    pub release: &'static str,
    /// Why it was removed, in one or two sentences.
    pub why: &'static str,
}

/// Rules about one subject.
#[derive(Debug)]
pub struct Family {
    /// The folder of its rules: `budget`. Its first letter is that of their ids.
    pub name: &'static str,
    /// Its heading in the rule book.
    pub title: &'static str,
    /// Its rules, in the order of their ids.
    pub rules: &'static [&'static Rule],
}

/// What a rule's own file says of it. The table adds the rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition {
    pub(crate) severity: Severity,
    pub(crate) summary: &'static str,
    pub(crate) scope: Scope,
}

/// What comes from outside of a deployment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// Today, for acceptances with a last day. With `None`, no acceptance has expired.
    pub today: Option<Date>,
}

/// A warning, and the acceptance that matches it.
pub(crate) type Accepted = (Diagnostic, Acceptance);

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// The text of a document, before it is a deployment. The readers of documents find what is wrong.
    Document,
    /// The deployment as it is written.
    Deployment(fn(&Rule, &Deployment) -> Vec<Diagnostic>),
    /// Each option by itself. A finding that only some options have names them.
    EachOption(fn(&Rule, &Facts<'_>) -> Vec<Diagnostic>),
    /// All options together; there is at least one.
    AllOptions(fn(&Rule, &Deployment, &[Facts<'_>]) -> Vec<Diagnostic>),
    /// The acceptances, after everything else: they are judged by what the other rules found.
    Acceptances(fn(&Rule, &Deployment, &[Accepted], &Context) -> Vec<Diagnostic>),
}

impl Rule {
    /// Its findings in a deployment and its options. A rule about documents or acceptances has none here.
    pub fn findings(&self, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
        match self.scope {
            Scope::Deployment(check) => check(self, deployment),
            Scope::EachOption(check) => in_options(options, |facts| check(self, facts)),
            Scope::AllOptions(check) => check(self, deployment, options),
            Scope::Document | Scope::Acceptances(_) => Vec::new(),
        }
    }

    /// A finding of the rule. The message has the numbers in it, in lower case, without a final full stop.
    pub fn finding(&self, path: ModelPath, message: impl Into<Message>) -> Diagnostic {
        let Message { text, values } = message.into();
        Diagnostic {
            rule: self.id,
            severity: self.severity,
            path,
            related: Vec::new(),
            message: text,
            values,
            ledger: None,
            help: None,
            fix: None,
        }
    }

    /// Whether this is its id or its name, in upper or lower case.
    pub fn is_called(&self, text: &str) -> bool {
        [self.id, self.name].iter().any(|name| name.eq_ignore_ascii_case(text))
    }
}

impl Removed {
    /// Whether this was its id or its name, in upper or lower case.
    pub fn is_called(&self, text: &str) -> bool {
        [Some(self.id), self.name].into_iter().flatten().any(|name| name.eq_ignore_ascii_case(text))
    }
}

/// The name of a module as the name of a rule: `ram_over_ceiling` is `ram-over-ceiling`.
pub(crate) const fn kebab<const N: usize>(name: &str) -> [u8; N] {
    let mut kebab = [0; N];
    let mut i = 0;
    while i < N {
        #[expect(clippy::indexing_slicing, reason = "N is the length of the name; this runs at compile time")]
        let byte = name.as_bytes()[i];
        #[expect(clippy::indexing_slicing, reason = "i is less than N")]
        let place = &mut kebab[i];
        *place = if byte == b'_' { b'-' } else { byte };
        i += 1;
    }
    kebab
}

/// The place of an entry: `services.deepseek`.
pub(crate) fn at(map: &str, name: impl Display) -> ModelPath {
    ModelPath::root().key(map).key(name)
}

/// What is found in the options of a deployment. A finding that only some options have names them.
fn in_options<'a>(
    options: &'a [Facts<'_>],
    find: impl Fn(&'a Facts<'_>) -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let mut found: IndexMap<_, (Diagnostic, Vec<&str>)> = IndexMap::new();
    for facts in options {
        for finding in find(facts) {
            let key = (finding.path.clone(), finding.message.clone());
            let (_, names) = found.entry(key).or_insert((finding, Vec::new()));
            if names.last() != Some(&facts.option().as_str()) {
                names.push(facts.option().as_str());
            }
        }
    }
    let name_options = |(mut finding, names): (Diagnostic, Vec<&str>)| {
        if names.len() < options.len() {
            let names: Names = names.into_iter().collect();
            finding.message += &format!(", in option {names}");
            finding.values.insert("options", value(&names));
        }
        finding
    };
    found.into_values().map(name_options).collect()
}
