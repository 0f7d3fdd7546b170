//! The two kinds of programs: that of a deployment, and `omni`, which takes a file.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};

use super::answer::{Answer, FAILED};
use crate::{
    model::{Context, Judgement},
    source::Source,
};

/// A program and its deployment.
pub(super) struct Program<'a> {
    /// The name of the program.
    pub(super) name: &'a str,
    /// The result of the check of the program's own deployment, if it has one.
    pub(super) judgement: Option<&'a Judgement>,
}

impl Program<'_> {
    /// A command that needs a deployment.
    pub(super) fn command(&self, name: &'static str) -> Command {
        let file = Arg::new("file")
            .value_name("FILE")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .value_hint(ValueHint::FilePath)
            .help("The deployment as a YAML file");
        Command::new(name).args(self.judgement.is_none().then_some(file))
    }

    /// The command line of a command, for an example.
    pub(super) fn call(&self, command: &str) -> String {
        match self.judgement {
            Some(_) => format!("{} {command}", self.name),
            None => format!("{} {command} deployment.yaml", self.name),
        }
    }
}

/// Checks the file that the command line names.
pub(super) fn judge(matches: &ArgMatches, context: &Context) -> Result<Judgement, Answer> {
    let Some(file) = matches.get_one::<PathBuf>("file") else { unreachable!("clap requires it") };
    match Source::file(file) {
        Ok(source) => Ok(source.check(context)),
        Err(error) => Err(Answer::error(FAILED, format_args!("cannot read `{}`: {error}", file.display()))),
    }
}
