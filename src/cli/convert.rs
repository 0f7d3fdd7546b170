//! `convert`

use clap::{Arg, ArgMatches, Command};

use super::Program;
use super::answer::{Answer, FAILED};
use crate::model::Judgement;
use crate::model::{Deployment, document::Node};
use crate::yaml;

pub(super) fn command(program: &Program<'_>) -> Command {
    let convert = program.call("convert");
    program
        .command("convert")
        .about("Print the deployment as YAML or as the `deployment!` macro")
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("FORM")
                .value_parser(["yaml", "rust"])
                .default_value("yaml")
                .help("Form of the output"),
        )
        .after_help(format!("Examples:\n  {convert}\n  {convert} --to rust"))
}

pub(super) fn run(judgement: &Judgement, matches: &ArgMatches) -> Answer {
    let Some(deployment) = &judgement.deployment else { return Answer::invalid(judgement) };
    let converted = match matches.get_one::<String>("to").map(String::as_str) {
        Some("rust") => to_rust(deployment),
        _ => yaml::write(deployment),
    };
    match converted {
        Ok(text) => Answer::result(text),
        Err(error) => Answer::error(FAILED, error),
    }
}

fn to_rust(deployment: &Deployment) -> serde_json::Result<String> {
    Ok(Node::of(deployment)?.to_rust("deployment"))
}
