//! `emit`

use std::path::{Path, PathBuf};

use clap::{
    Arg, ArgAction, ArgMatches, Command, ValueHint,
    builder::{PossibleValuesParser, TypedValueParser},
    value_parser,
};
use omni_emit::{
    FAMILIES, Family,
    artifact::RelPath,
    header::Header,
    writer::{self, Difference, Edits, Emission, Waiting},
};

use super::answer::{Answer, DIFFERENT, FAILED, INVALID, findings, say};
use super::{Program, only_option};
use crate::model::Judgement;
use crate::model::{Checked, shown::Shown};

pub(super) fn command(program: &Program<'_>) -> Command {
    let emit = program.call("emit");
    let only = Arg::new("only")
        .long("only")
        .value_name("FAMILY")
        .value_delimiter(',')
        .action(ArgAction::Append)
        .value_parser(PossibleValuesParser::new(FAMILIES.iter().map(Family::name)).try_map(family))
        .help("Write only these families of files, and leave all others unchanged");
    let checked = program.judgement.and_then(|judgement| judgement.checked.as_ref());
    let scenarios = checked.map(Checked::facts).unwrap_or_default();
    let example = scenarios.first().map_or("compose", |scenario| scenario.option().as_str()).to_owned();
    let option = Arg::new("option")
        .long("option")
        .value_name("NAME")
        .help("Write only this option and the files that all options share; leave all others unchanged");
    program
        .command("emit")
        .about("Write every file that an operator needs to a folder")
        .long_about(
            "Write every file that an operator needs to a folder

The folder belongs to Omni. It is replaced as a whole in one atomic step, so it always holds the old tree or the new one.
If it holds files that Omni did not write, or that were edited since, they are listed and nothing is written.",
        )
        .arg(
            Arg::new("out")
                .value_name("OUT")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::DirPath)
                .help("The folder. It is created if it does not exist"),
        )
        .arg(flag("check", "Write nothing; list the differences, and exit with 3 if there are any"))
        .arg(only)
        .arg(option)
        .arg(
            flag("force", "Overwrite files that were edited since Omni wrote them, but never files that Omni did not write")
                .conflicts_with("check"),
        )
        .after_help(format!(
            "Examples:
  {emit} out
  {emit} out --check
  {emit} out --only firewall,prometheus
  {emit} out --option {example}"
        ))
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn family(name: String) -> Result<Family, String> {
    FAMILIES.iter().find(|family| family.name() == name).copied().ok_or(name)
}

pub(super) fn run(judgement: &Judgement, matches: &ArgMatches) -> Answer {
    let Some(checked) = &judgement.checked else { return Answer::invalid(judgement) };
    let option = match only_option(checked, matches) {
        Ok(option) => option,
        Err(answer) => return answer,
    };
    let emitted = match omni_emit::emit(checked) {
        Ok(emitted) => emitted,
        Err(error) => return Answer::error(INVALID, error),
    };
    let Some(out) = matches.get_one::<PathBuf>("out") else { unreachable!("clap requires it") };
    let families: Vec<Family> = matches.get_many("only").into_iter().flatten().copied().collect();
    let only = |path: &RelPath| emitted.is_part(path, &families, option);
    let emission = Emission { header: Header::of(checked), tree: &emitted.tree, only: &only };
    let answer = if matches.get_flag("check") {
        writer::check(out, &emission).map(|differences| checked_against(out, &differences))
    } else {
        let edits = if matches.get_flag("force") { Edits::Overwrite } else { Edits::Refuse };
        let waits = |waiting: &Waiting<'_>| say(&format!("{waiting}\n").into());
        writer::write(out, &emission, edits, &waits).map(|differences| written(out, &differences))
    };
    match answer {
        Ok(answer) => answer.beside(findings(judgement)),
        Err(error) => Answer::lines(FAILED, error),
    }
}

fn checked_against(out: &Path, differences: &[Difference]) -> Answer {
    let name = out.display().to_string();
    let name = Shown(&name);
    if differences.is_empty() {
        return Answer::result(format!("`{name}` is up to date\n"));
    }
    Answer::result(differences.iter().map(|difference| format!("{difference}\n")).collect::<String>())
        .code(DIFFERENT)
}

fn written(out: &Path, differences: &[Difference]) -> Answer {
    let name = out.display().to_string();
    let name = Shown(&name);
    Answer::result(match differences.len() {
        0 => format!("`{name}` is up to date\n"),
        1 => format!("`{name}` written: 1 file changed\n"),
        count => format!("`{name}` written: {count} files changed\n"),
    })
}
