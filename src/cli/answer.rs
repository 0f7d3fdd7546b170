//! What a command answers: text in colours, and an exit code.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Style};

use crate::model::Severity;
use crate::source::{Finding, Verdict, groups};

/// The deployment is invalid.
pub(super) const INVALID: u8 = 1;
/// The command line is, or a file cannot be read or written.
pub(super) const FAILED: u8 = 2;
/// `emit --check` found differences.
pub(super) const DIFFERENT: u8 = 3;

/// What a command answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// The result, for the standard output.
    pub(super) result: String,
    /// What is said beside it, for the standard error.
    pub(super) aside: String,
    /// The exit code.
    pub(super) code: u8,
}

impl Answer {
    pub(super) fn result(text: impl Into<String>) -> Self {
        Self { result: text.into(), ..Self::default() }
    }

    pub(super) fn error(code: u8, error: impl Display) -> Self {
        Self { aside: format!("{}: {error}\n", severity(Severity::Error)), code, ..Self::default() }
    }

    /// No result, for what is wrong with the deployment.
    pub(super) fn invalid(verdict: &Verdict) -> Self {
        let aside = format!("{}{}\n", findings(&verdict.findings), verdict.summary());
        Self { aside, code: INVALID, ..Self::default() }
    }

    pub(super) fn beside(mut self, text: impl Into<String>) -> Self {
        self.aside = text.into();
        self
    }

    pub(super) fn code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// In colours on a terminal only, and as `NO_COLOR` says. A reader that has seen enough is no error.
    pub(super) fn print(self) -> ExitCode {
        let written = |text: &str, stream: &mut dyn Write| match stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush())
        {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            _ => Ok::<_, io::Error>(()),
        };
        // There is nowhere to say that the standard error cannot be written.
        let _ = written(&self.aside, &mut anstream::stderr());
        match written(&self.result, &mut anstream::stdout()) {
            Ok(()) => self.code.into(),
            Err(error) => {
                let answer = Self::error(FAILED, format_args!("cannot write the result: {error}"));
                let _ = written(&answer.aside, &mut anstream::stderr());
                answer.code.into()
            }
        }
    }
}

impl From<clap::Error> for Answer {
    fn from(error: clap::Error) -> Self {
        let text = error.render().ansi().to_string();
        let code = u8::try_from(error.exit_code()).unwrap_or(FAILED);
        if error.use_stderr() {
            Self::default().beside(text).code(code)
        } else {
            Self::result(text).code(code)
        }
    }
}

/// Each finding with its places, and an empty line after it.
pub(super) fn findings(findings: &[Finding]) -> String {
    groups(findings).into_iter().map(|group| finding(&group)).collect()
}

fn finding(group: &[&Finding]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let severity_name = first.diagnostic.severity;
    let margin = format!("\n{:1$}", "", severity_name.to_string().len() + 2);
    let places: String = group.iter().map(|finding| finding.location()).collect();
    format!("{}: {}\n{places}\n", severity(severity_name), first.text().replace('\n', &margin))
}

/// The word in its colour.
pub(super) fn severity(severity: Severity) -> String {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
    };
    let style = color.on_default().bold();
    format!("{style}{severity}{style:#}")
}

/// A heading.
pub(super) fn heading(text: impl Display) -> String {
    let style = Style::new().bold();
    format!("{style}{text}{style:#}\n")
}
