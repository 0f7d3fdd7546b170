//! The findings of rules, as data. Each entry point decides how to show them.

use std::fmt;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use crate::{ledger::Ledger, message, path::ModelPath, shown::Shown, words::count};

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The emitted files would be rejected, or would break a promise of the model.
    Error,
    /// A hazard. A deployment may accept it with a reason.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A related place of a finding, with a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// The path of the place.
    pub path: ModelPath,
    /// A note on the place in a few words: "the other one".
    pub note: String,
}

/// A finding: its place, its message with the numbers, and the smallest change that fixes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The id of the rule that found it.
    pub rule: &'static str,
    /// Whether the finding is an error or a warning.
    pub severity: Severity,
    /// The path of the finding.
    pub path: ModelPath,
    /// Related places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// One sentence with the numbers in it: lower case, no final full stop, the user's names in backticks.
    pub message: String,
    /// The values in the message, by name: see [`Message`](crate::message::Message).
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub values: IndexMap<&'static str, Value>,
    /// The requests and the limit of the resource, for findings about a budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Ledger>,
    /// The smallest change that fixes the finding, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The same change for programs. `None` if the rule cannot compute it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A change to a document that fixes a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The path of the value.
    pub path: ModelPath,
    /// The new value. `null` removes the key, as in a JSON Merge Patch.
    pub value: Value,
}

impl Diagnostic {
    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, path: ModelPath, note: impl Into<String>) -> Self {
        self.related.push(Related { path, note: note.into() });
        self
    }

    /// Adds the ledger.
    #[must_use]
    pub fn ledger(mut self, ledger: Ledger) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Adds the smallest change that fixes the finding.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the change for programs: the new value at `path`. `()` removes the existing value.
    #[must_use]
    pub fn fix(mut self, path: ModelPath, value: impl Serialize) -> Self {
        self.fix = Some(Fix { path, value: message::value(&value) });
        self
    }

    /// Adds the change for programs: an item at the end of the list at `path`, which has `len` items. A list without items may
    /// be missing from the document.
    #[must_use]
    pub fn fix_by_adding(self, path: &ModelPath, len: usize, item: impl Serialize) -> Self {
        match len {
            0 => self.fix(path.clone(), [item]),
            _ => self.fix(path.index(len), item),
        }
    }
}

/// Writes the finding without its place, which the entry point adds:
///
/// ```text
/// error: [B002] VRAM of `gpu1` is over budget: 48 GiB requested of 32 GiB
///          deepseek    30 GiB
///          glm         18 GiB
///          total       48 GiB   (16 GiB over)
///        help: give `glm` no VRAM, or at most 2 GiB
///        more: omni explain B002
/// ```
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity.to_string();
        let margin = format!("\n{:1$}", "", severity.len() + 2);
        write!(f, "{severity}: {}", self.text(ModelPath::to_string).replace('\n', &margin))
    }
}

impl Diagnostic {
    /// Returns the finding without its severity and margin, for entry points that have their own. `place` formats the related
    /// paths. Only a part of the finding ends a line: the parts contain texts of the document, which are [escaped](Shown).
    pub fn text(&self, place: impl Fn(&ModelPath) -> String) -> String {
        let mut text = format!("[{}] {}", self.rule, Shown(&self.message));
        if let Some(ledger) = &self.ledger {
            for line in ledger.lines() {
                text += &format!("\n  {}", Shown(&line));
            }
        }
        for related in &self.related {
            text += &format!("\nnote: {} ({})", Shown(&related.note), Shown(&place(&related.path)));
        }
        if let Some(help) = &self.help {
            text += &format!("\nhelp: {}", Shown(help));
        }
        text + &format!("\nmore: omni explain {}", self.rule)
    }
}

/// The findings of all rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Report {
    /// The findings, in the order of the families of the deployment and of the rules.
    pub findings: Vec<Diagnostic>,
    /// How many rules ran.
    pub rules: usize,
}

impl Report {
    /// Returns the errors. A deployment with errors cannot be emitted.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// Returns the warnings. A deployment may accept them.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Warning)
    }

    /// Returns the findings in groups. Findings of the same rule with the same text form one group.
    pub fn groups(&self) -> Vec<Vec<&Diagnostic>> {
        groups(&self.findings, |finding| finding)
    }

    /// Returns the last line of a report: the numbers of errors and warnings, and how many rules ran.
    pub fn summary(&self) -> String {
        let (errors, warnings) = (self.errors().count(), self.warnings().count());
        format!(
            "{}, {} ({} ran)",
            count(errors, "error"),
            count(warnings, "warning"),
            count(self.rules, "rule")
        )
    }
}

/// Groups items by their diagnostics. Diagnostics with the same rule, message and help form one group.
pub(crate) fn groups<T>(all: &[T], diagnostic: impl Fn(&T) -> &Diagnostic) -> Vec<Vec<&T>> {
    let mut groups: IndexMap<_, Vec<&T>> = IndexMap::new();
    for it in all {
        let Diagnostic { rule, message, help, .. } = diagnostic(it);
        groups.entry((rule, message, help)).or_default().push(it);
    }
    groups.into_values().collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in self.groups() {
            let Some(first) = group.first() else { continue };
            writeln!(f, "{first}")?;
            group.iter().try_for_each(|it| writeln!(f, "  --> {}", Shown(&it.path.to_string())))?;
            writeln!(f)?;
        }
        f.write_str(&self.summary())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bytes;

    #[test]
    fn a_finding_is_shown_with_its_ledger_its_help_and_where_to_read_more() {
        let path = |text: &str| text.parse::<ModelPath>().unwrap();
        let mut ledger = Ledger::new(Bytes::gib(32));
        ledger.add("deepseek", Bytes::gib(30), path("services.deepseek.vram.gpu1"));
        ledger.add("glm", Bytes::gib(18), path("services.glm.vram.gpu1"));
        let finding = Diagnostic {
            rule: "B002",
            severity: Severity::Error,
            path: path("services.glm.vram.gpu1"),
            related: Vec::new(),
            message: "VRAM of `gpu1` is over budget: 48 GiB requested of 32 GiB".to_owned(),
            values: IndexMap::new(),
            ledger: Some(ledger),
            help: Some("give `glm` no VRAM, or at most 2 GiB".to_owned()),
            fix: None,
        };
        let shown = "\
error: [B002] VRAM of `gpu1` is over budget: 48 GiB requested of 32 GiB
         deepseek    30 GiB
         glm         18 GiB
         total       48 GiB   (16 GiB over)
       help: give `glm` no VRAM, or at most 2 GiB
       more: omni explain B002";
        assert_eq!(finding.to_string(), shown);
        let report = Report { findings: vec![finding.related(path("hosts.omni"), "its host")], rules: 7 };
        let shown = shown.replace("       help", "       note: its host (hosts.omni)\n       help");
        let end = "\n  --> services.glm.vram.gpu1\n\n1 error, 0 warnings (7 rules ran)";
        assert_eq!(report.to_string(), shown + end);
    }

    #[test]
    fn what_has_one_cause_is_said_once() {
        let rule = crate::rules::find("R001").unwrap();
        let missing =
            |path: &str, what: &str| rule.finding(path.parse().unwrap(), format!("there is no `{what}`"));
        let findings = vec![missing("flows[0]", "a"), missing("flows[1]", "b"), missing("flows[2]", "a")];
        let report = Report { findings, rules: 1 };
        let groups = report.groups();
        let shown: Vec<_> = groups.iter().map(|group| (group[0].message.as_str(), group.len())).collect();
        assert_eq!(shown, [("there is no `a`", 2), ("there is no `b`", 1)]);
        assert!(report.to_string().contains("--> flows[0]\n  --> flows[2]\n"));
        assert!(report.to_string().ends_with("3 errors, 0 warnings (1 rule ran)"));
    }
}
