//! The command line of an emitted program: its `usage` function and the loop that reads its arguments, from one description.

use askama::Template;

use crate::artifact::render;

/// What an option takes.
pub(super) enum Takes {
    /// Nothing: its variable becomes `yes`, from `no`.
    Nothing,
    /// A value of this name: its variable becomes the last one given.
    Value(&'static str),
    /// A value of this name, as often as it is given: its variable is a list.
    Values(&'static str),
}

/// An option.
pub(super) struct Argument {
    /// As it is written: `--dry-run`.
    name: &'static str,
    takes: Takes,
    help: &'static str,
}

impl Argument {
    /// An option that takes no value.
    pub(super) const fn flag(name: &'static str, help: &'static str) -> Self {
        Self { name, takes: Takes::Nothing, help }
    }

    /// An option with a value.
    pub(super) const fn value(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Self { name, takes: Takes::Value(value), help }
    }

    /// An option with a value that may be given several times.
    pub(super) const fn values(name: &'static str, value: &'static str, help: &'static str) -> Self {
        Self { name, takes: Takes::Values(value), help }
    }

    /// The variable of the script that holds it: `dry_run`.
    fn variable(&self) -> String {
        self.name.trim_start_matches('-').replace('-', "_")
    }

    /// As the usage names it: `--from STEP`.
    fn shown(&self) -> String {
        match self.takes {
            Takes::Nothing => self.name.to_owned(),
            Takes::Value(value) | Takes::Values(value) => format!("{} {value}", self.name),
        }
    }
}

/// What stands on the command line without a name.
pub(super) struct Operand {
    /// As the usage names it: `FOLDER`. The variable has the same name in lower case.
    pub(super) name: &'static str,
    pub(super) help: String,
}

/// The command line of a program.
pub(super) struct Arguments {
    /// The program's name: `deploy.sh`.
    pub(super) program: &'static str,
    pub(super) operand: Option<Operand>,
    pub(super) options: Vec<Argument>,
    /// The end of the usage: exit codes, and what else there is to say.
    pub(super) end: String,
}

#[derive(Template)]
#[template(path = "operations/usage.sh")]
struct Usage {
    /// Texts of Omni's own and names, which mean nothing to a shell.
    text: String,
}

#[derive(Template)]
#[template(path = "operations/arguments.sh")]
struct Loop<'a> {
    options: &'a [Argument],
    operand: Option<String>,
}

impl Arguments {
    /// The function that prints the usage.
    pub(super) fn usage(&self) -> String {
        let operand = self.operand.iter().map(|operand| (operand.name.to_owned(), operand.help.as_str()));
        let options = self.options.iter().map(|option| (option.shown(), option.help));
        let help = ("-h, --help".to_owned(), "print this");
        let rows: Vec<_> = operand.chain(options).chain([help]).collect();
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let mut text = format!("Usage: {} [OPTIONS]", self.program);
        if let Some(operand) = &self.operand {
            text += &format!(" {}", operand.name);
        }
        text += "\n";
        for (name, help) in rows {
            // Further lines of a help text start in the same column.
            let help = help.replace('\n', &format!("\n{:width$}", "", width = width + 4));
            text += &format!("\n  {name:width$}  {help}");
        }
        render(&Usage { text: format!("{text}\n\n{}", self.end) })
    }

    /// The loop that reads the arguments into variables: of each option, and of the operand.
    pub(super) fn parse(&self) -> String {
        let operand = self.operand.as_ref().map(|operand| operand.name.to_lowercase());
        render(&Loop { options: &self.options, operand })
    }
}
