//! The command line that every deployment's program shares: the whole of such a program is one line.
//!
//! ```no_run
//! # fn my_deployment() -> omni::Checked { unimplemented!() }
//! fn main() -> std::process::ExitCode {
//!     omni::cli::main(my_deployment())
//! }
//! ```
//!
//! Results go to the standard output, errors to the standard error. The exit code is
//!
//! - 0 if all is well,
//! - 1 if the deployment is invalid,
//! - 2 if the command line is, or if a file cannot be read or written,
//! - 3 if `emit --check` or `reach --diff` found differences.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Command;

use crate::model::{Checked, Context, Deployment, Report, check as judge, units::Date};

mod answer;
mod budget;
mod check;
mod emit;
mod explain;
mod reach;
#[cfg(test)]
mod tests;

use answer::Answer;

/// Does what the command line says with a deployment.
///
/// It is checked once more, as of today (in UTC): an acceptance may have expired since it was compiled.
pub fn main(deployment: impl Into<Deployment>) -> ExitCode {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let today = now.and_then(|now| Date::from_unix(now.as_secs()));
    run(deployment.into(), &Context { today }, std::env::args_os()).print()
}

/// What is at hand for each command.
struct Input {
    deployment: Deployment,
    checked: Result<Checked, Report>,
}

fn run(deployment: Deployment, context: &Context, arguments: impl Iterator<Item = OsString>) -> Answer {
    let input = Input { checked: judge(deployment.clone(), context), deployment };
    let arguments: Vec<_> = arguments.collect();
    let program = arguments.first().and_then(|path| Path::new(path).file_name()?.to_str()).unwrap_or("omni");
    let matches = match command(program, &input).try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return error.into(),
    };
    match matches.subcommand() {
        Some(("emit", matches)) => emit::run(&input, matches),
        Some(("check", matches)) => check::run(&input, matches),
        Some(("budget", _)) => budget::run(&input),
        Some(("explain", matches)) => explain::run(matches),
        Some(("reach", matches)) => reach::run(&input, matches),
        _ => unreachable!("clap requires a command, and knows no other"),
    }
}

fn command(program: &str, input: &Input) -> Command {
    let Deployment { name, version, description, .. } = &input.deployment;
    let what = description.as_ref().map(|text| format!("\n\n{text}")).unwrap_or_default();
    Command::new(name.to_string())
        .about(format!("{name} {version}, modelled with omni {}{what}", env!("CARGO_PKG_VERSION")))
        .version(format!("{version} (omni {})", env!("CARGO_PKG_VERSION")))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            emit::command(program, input),
            check::command(),
            budget::command(),
            reach::command(program),
            explain::command(),
        ])
        .after_help(format!(
            "Examples:
  {program} check              judge the deployment by every rule
  {program} budget             see who asks how much memory, and what is left
  {program} reach              see who reaches whom through every firewall
  {program} emit out           write everything that an operator needs into out/
  {program} emit out --check   see what in out/ is not as the deployment has it
  {program} explain B001       read why a rule says no, and how to satisfy it

Exit codes:
  0  all is well
  1  the deployment is invalid
  2  the command line is, or a file cannot be read or written
  3  `emit --check` or `reach --diff` found differences"
        ))
}
