//! The definition of a rule, and how it produces findings.

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
    /// The id: the first letter of the family and three digits. An id is never reused for another rule.
    pub id: &'static str,
    /// The name in kebab case: `vram-over-budget`.
    pub name: &'static str,
    /// The first release that contains the rule.
    pub since: &'static str,
    /// The release that deprecated the rule, and its replacement. `None` if it is not deprecated. A deprecated rule still runs.
    pub deprecated: Option<&'static Deprecation>,
    /// Whether the findings are errors or warnings.
    pub severity: Severity,
    /// What the rule checks, in one line.
    pub summary: &'static str,
    /// The page in Markdown: what the rule checks, why it matters, a bad example, a good one, and the source.
    pub docs: &'static str,
    /// The input of the rule, and the function that returns its findings.
    pub scope: Scope,
}

/// The life cycle of a rule that will be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deprecation {
    /// The release that deprecated it.
    pub since: &'static str,
    /// The replacement.
    pub instead: &'static str,
}

/// An id that no longer belongs to a rule. `explain` still answers for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The id.
    pub id: &'static str,
    /// The name of the rule. `None` if it was never released.
    pub name: Option<&'static str>,
    /// The first release that no longer contains the rule.
    pub release: &'static str,
    /// Why it was removed, in one or two sentences.
    pub why: &'static str,
}

/// Rules about one subject.
#[derive(Debug)]
pub struct Family {
    /// The folder of the rules: `budget`. Its first letter is the first letter of their ids.
    pub name: &'static str,
    /// The heading in the rule book.
    pub title: &'static str,
    /// The rules, in the order of their ids.
    pub rules: &'static [&'static Rule],
}

/// What the file of a rule says about it. The table of rules adds the rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition {
    pub(crate) severity: Severity,
    pub(crate) summary: &'static str,
    pub(crate) scope: Scope,
}

/// Input of the rules from outside the deployment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The current date, for acceptances that expire. With `None`, no acceptance has expired.
    pub today: Option<Date>,
}

/// A warning and the acceptance that matches it.
pub(crate) type Accepted = (Diagnostic, Acceptance);

/// The input of a rule.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// The text of a document, before it becomes a deployment. The document readers return the findings.
    Document,
    /// The deployment as written.
    Deployment(fn(&Rule, &Deployment) -> Vec<Diagnostic>),
    /// Each option separately. A finding that only some options have names them.
    EachOption(fn(&Rule, &Facts<'_>) -> Vec<Diagnostic>),
    /// All options together. There is at least one.
    AllOptions(fn(&Rule, &Deployment, &[Facts<'_>]) -> Vec<Diagnostic>),
    /// The acceptances, after all other rules, because they are judged by the findings of those.
    Acceptances(fn(&Rule, &Deployment, &[Accepted], &Context) -> Vec<Diagnostic>),
}

impl Rule {
    /// Returns the findings of the rule in a deployment and its options. Empty for rules about documents or acceptances.
    pub fn findings(&self, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
        match self.scope {
            Scope::Deployment(check) => check(self, deployment),
            Scope::EachOption(check) => in_options(options, |facts| check(self, facts)),
            Scope::AllOptions(check) => check(self, deployment, options),
            Scope::Document | Scope::Acceptances(_) => Vec::new(),
        }
    }

    /// Creates a finding of the rule. The message contains the numbers, in lower case, without a final full stop.
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

    /// Returns whether `text` is the id or the name of the rule. Case is ignored.
    pub fn is_called(&self, text: &str) -> bool {
        [self.id, self.name].iter().any(|name| name.eq_ignore_ascii_case(text))
    }
}

impl Removed {
    /// Returns whether `text` was the id or the name of the rule. Case is ignored.
    pub fn is_called(&self, text: &str) -> bool {
        [Some(self.id), self.name].into_iter().flatten().any(|name| name.eq_ignore_ascii_case(text))
    }
}

/// Returns the name of a rule from the name of its module: `ram_over_ceiling` becomes `ram-over-ceiling`.
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

/// Returns the path of a map entry: `services.deepseek`.
pub(crate) fn at(map: &str, name: impl Display) -> ModelPath {
    ModelPath::root().key(map).key(name)
}

/// Returns the findings in the options of a deployment. A finding that only some options have names them.
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
