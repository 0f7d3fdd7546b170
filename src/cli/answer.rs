//! The answer of a command: a result, messages and an exit code.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Style};
use clap::error::{ContextKind, ContextValue};
use serde_json::Value;

use super::said::Said;
use crate::model::{
    Judgement, Severity,
    judgement::Finding,
    shown::{Shown, is_hidden},
};
use crate::source::location;

/// The deployment is invalid.
pub(super) const INVALID: u8 = 1;
/// The command line is invalid, or a file cannot be read or written.
pub(super) const FAILED: u8 = 2;
/// `emit --check` found differences.
pub(super) const DIFFERENT: u8 = 3;

/// The answer of a command.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// The result, for standard output.
    pub(super) result: Said,
    /// Messages, for standard error.
    pub(super) aside: Said,
    /// The exit code.
    pub(super) code: u8,
}

impl Answer {
    pub(super) fn result(text: impl Into<Said>) -> Self {
        Self { result: text.into(), ..Self::default() }
    }

    /// An error on a single line, which may quote texts from outside.
    pub(super) fn error(code: u8, error: impl Display) -> Self {
        Self::lines(code, Shown(&error.to_string()))
    }

    /// An error on several lines, which has already escaped the texts from outside in it.
    pub(super) fn lines(code: u8, error: impl Display) -> Self {
        Self { aside: severity(Severity::Error) + format!(": {error}\n"), code, ..Self::default() }
    }

    /// The findings instead of a result: the deployment is invalid.
    pub(super) fn invalid(judgement: &Judgement) -> Self {
        let aside = findings(judgement) + judgement.summary() + "\n";
        Self { aside, code: INVALID, ..Self::default() }
    }

    pub(super) fn beside(mut self, text: impl Into<Said>) -> Self {
        self.aside = text.into();
        self
    }

    pub(super) fn code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// Prints the answer, with colours on a terminal only and unless `NO_COLOR` is set. A closed pipe is not an error.
    pub(super) fn print(self) -> ExitCode {
        say(&self.aside);
        match write(&self.result, &mut anstream::stdout()) {
            Ok(()) => self.code.into(),
            Err(error) => {
                let answer = Self::error(FAILED, format_args!("cannot write the result: {error}"));
                say(&answer.aside);
                answer.code.into()
            }
        }
    }
}

/// Prints to standard error at once. There is nowhere to report that this fails.
pub(super) fn say(said: &Said) {
    let _ = write(said, &mut anstream::stderr());
}

fn write(said: &Said, stream: &mut dyn Write) -> io::Result<()> {
    match stream.write_all(said.to_terminal().as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

impl From<clap::Error> for Answer {
    fn from(mut error: clap::Error) -> Self {
        // The error quotes what was typed.
        let shown = |text: &String| Shown(text).to_string();
        let typed: Vec<_> = error
            .context()
            .filter_map(|(kind, value)| match value {
                ContextValue::String(text) => Some((kind, ContextValue::String(shown(text)))),
                ContextValue::Strings(all) => {
                    Some((kind, ContextValue::Strings(all.iter().map(shown).collect())))
                }
                _ => None,
            })
            .collect();
        let is_plain = typed.iter().all(|(kind, value)| error.get(*kind) == Some(value));
        for (kind, value) in typed {
            error.insert(kind, value);
        }
        // A suggestion quotes what was typed too, and already has its colours.
        if !is_plain {
            error.remove(ContextKind::Suggested);
        }
        let text = Said::coloured(&error.render().ansi().to_string());
        let code = u8::try_from(error.exit_code()).unwrap_or(FAILED);
        if error.use_stderr() {
            Self::default().beside(text).code(code)
        } else {
            Self::result(text).code(code)
        }
    }
}

/// The object with an additional entry, if there is a value.
pub(super) fn with(mut object: Value, key: &str, value: Option<impl Into<Value>>) -> Value {
    if let (Value::Object(entries), Some(value)) = (&mut object, value) {
        entries.insert(key.to_owned(), value.into());
    }
    object
}

/// A value as JSON in which hidden characters are escaped.
pub(super) fn json(value: &Value) -> String {
    let mut text = String::new();
    for c in format!("{value:#}\n").chars() {
        if c != '\n' && is_hidden(c) {
            text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            text.push(c);
        }
    }
    text
}

/// Each finding with its places, followed by an empty line.
pub(super) fn findings(judgement: &Judgement) -> Said {
    judgement.groups().into_iter().map(|group| finding(&group)).collect()
}

fn finding(group: &[&Finding]) -> Said {
    let Some(first) = group.first() else { return Said::default() };
    let severity_name = first.diagnostic.severity;
    let margin = format!("\n{}", " ".repeat(severity_name.to_string().len() + 2));
    let places: String = group.iter().map(|finding| location(finding)).collect();
    severity(severity_name) + format!(": {}\n{places}\n", first.text().replace('\n', &margin))
}

/// The word in its colour.
pub(super) fn severity(severity: Severity) -> Said {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
    };
    Said::styled(color.on_default().bold(), severity)
}

/// A heading.
pub(super) fn heading(text: impl Display) -> Said {
    Said::styled(Style::new().bold(), text) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_and_hides_nothing() {
        let value = serde_json::json!({ "a\u{202e}\u{9b}": ["\u{1b}[2J\n\u{e0041}", "größe"] });
        let text = json(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
    }
}
