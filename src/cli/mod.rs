//! The command line of a deployment's program. Such a program is a single call of [`main`].
//!
//! Results go to standard output, errors to standard error. The exit codes are:
//!
//! - 0: success
//! - 1: the deployment is invalid
//! - 2: the command line is invalid, or a file cannot be read or written
//! - 3: `emit --check` or `reach --diff` found differences

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use crate::model::{Checked, Context, shown::Shown, words::list};
use crate::source::{Source, today};

mod answer;
mod budget;
mod check;
mod convert;
mod emit;
mod explain;
mod init;
mod program;
mod reach;
mod said;
mod sarif;
mod schema;
#[cfg(test)]
mod tests;

use answer::{Answer, FAILED};
pub use check::{Format, printed};
use program::{Program, judge};

/// Runs the command line on a deployment: a value, the result of the macro, or a file.
///
/// The deployment is checked again with the current date (in UTC), since an acceptance may have expired since it was compiled.
///
/// # Examples
///
/// ```no_run
/// fn main() -> std::io::Result<std::process::ExitCode> {
///     Ok(omni::cli::main(omni::Source::file("deployment.yaml")?))
/// }
/// ```
pub fn main(deployment: impl Into<Source>) -> ExitCode {
    run(Some(&deployment.into()), &today(), std::env::args_os()).print()
}

/// The program `omni`: the same commands, each with a YAML file as its first argument.
pub fn omni() -> ExitCode {
    run(None, &today(), std::env::args_os()).print()
}

fn run(source: Option<&Source>, context: &Context, mut arguments: impl Iterator<Item = OsString>) -> Answer {
    let own = source.map(|source| source.check(context));
    let name = arguments.next().and_then(|path| Some(Path::new(&path).file_name()?.to_str()?.to_owned()));
    let name = &Shown(name.as_deref().unwrap_or("omni")).to_string();
    let program = Program { name, judgement: own.as_ref() };
    let matches =
        match command(&program).try_get_matches_from([OsString::from(name)].into_iter().chain(arguments)) {
            Ok(matches) => matches,
            Err(error) => return error.into(),
        };
    let (command, matches) = match matches.subcommand() {
        Some(("explain", matches)) => return explain::run(matches),
        Some(("init", matches)) => return init::run(matches),
        Some(("schema", _)) => return schema::run(),
        Some(subcommand) => subcommand,
        None => unreachable!("clap requires a command"),
    };
    let judgement = match own.map_or_else(|| judge(matches, context), Ok) {
        Ok(judgement) => judgement,
        Err(answer) => return answer,
    };
    match command {
        "emit" => emit::run(&judgement, matches),
        "check" => check::run(&judgement, matches),
        "budget" => budget::run(&judgement),
        "reach" => reach::run(&judgement, matches),
        "convert" => convert::run(&judgement, matches),
        _ => unreachable!("clap knows no other"),
    }
}

fn command(program: &Program<'_>) -> Command {
    let release = env!("CARGO_PKG_VERSION");
    let command = match program.judgement.map(|judgement| judgement.deployment.as_ref()) {
        Some(Some(deployment)) => {
            let (name, version) = (&deployment.name, &deployment.version);
            let what = deployment
                .description
                .as_ref()
                .map(|text| format!("\n\n{}", Shown(text.as_str())))
                .unwrap_or_default();
            Command::new(name.to_string())
                .about(format!("{name} {version}, modelled with omni {release}{what}"))
                .version(format!("{version} (omni {release})"))
        }
        Some(None) => {
            Command::new("omni").about("A deployment that cannot be read: run `check`").version(release)
        }
        None => Command::new("omni")
            .about("Check a deployment and write every file that its operator needs")
            .version(release)
            .subcommand(init::command()),
    };
    let emit = program.call("emit");
    let examples = [
        (program.call("check"), "check the deployment against every rule"),
        (program.call("budget"), "show the use of memory and disk, and what is left"),
        (program.call("reach"), "show who reaches whom through every firewall"),
        (format!("{emit} out"), "write every file that an operator needs to out/"),
        (format!("{emit} out --check"), "list how out/ differs from the deployment"),
        (format!("{} explain B001", program.name), "explain a rule, and how to satisfy it"),
        (format!("{} explain services.memory_limit", program.name), "explain a key"),
    ];
    let width = examples.iter().map(|(call, _)| call.chars().count()).max().unwrap_or(0);
    let examples: String =
        examples.iter().map(|(call, what)| format!("  {call:<width$}   {what}\n")).collect();
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([
            emit::command(program),
            check::command(program),
            budget::command(program),
            reach::command(program),
            convert::command(program),
            explain::command(),
            schema::command(),
        ])
        .after_help(format!(
            "Examples:
{examples}
Exit codes:
  0  success
  1  the deployment is invalid
  2  the command line is invalid, or a file cannot be read or written
  3  `emit --check` or `reach --diff` found differences"
        ))
}

/// The option that the command line names, if it names one.
fn only_option<'a>(checked: &Checked, matches: &'a ArgMatches) -> Result<Option<&'a str>, Answer> {
    let only = matches.get_one::<String>("option").map(String::as_str);
    let scenarios = checked.facts();
    let names = || scenarios.iter().map(|scenario| scenario.option().as_str());
    match only {
        Some(only) if !names().any(|name| name == only) => Err(Answer::error(
            FAILED,
            format_args!("there is no option `{only}`; the options are {}", list(names())),
        )),
        _ => Ok(only),
    }
}
