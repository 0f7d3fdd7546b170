//! `convert`

use clap::{Arg, ArgMatches, Command};
use omni_emit::yaml;
use serde_json::Value;

use super::Program;
use super::answer::{Answer, FAILED};
use crate::model::{Deployment, document::Node};
use crate::source::Verdict;

pub(super) fn command(program: &Program<'_>) -> Command {
    let convert = program.call("convert");
    program
        .command("convert")
        .about("Print the deployment as YAML, or as the macro takes it")
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("FORM")
                .value_parser(["yaml", "rust"])
                .default_value("yaml")
                .help("The form to print it in"),
        )
        .after_help(format!("Examples:\n  {convert}\n  {convert} --to rust"))
}

pub(super) fn run(verdict: &Verdict, matches: &ArgMatches) -> Answer {
    let Some(deployment) = &verdict.deployment else { return Answer::invalid(verdict) };
    let converted = match matches.get_one::<String>("to").map(String::as_str) {
        Some("rust") => to_rust(deployment),
        _ => to_yaml(deployment),
    };
    match converted {
        Ok(text) => Answer::result(text),
        Err(error) => Answer::error(FAILED, error),
    }
}

fn to_rust(deployment: &Deployment) -> serde_json::Result<String> {
    Ok(Node::of(deployment)?.to_rust("deployment"))
}

fn to_yaml(deployment: &Deployment) -> serde_json::Result<String> {
    let mut json = serde_json::to_value(deployment)?;
    plain(&mut json);
    Ok(yaml::Document::new(&json).to_string())
}

/// A text that is a number becomes one: every scalar of a document is read as its text, and a number needs no quotes.
fn plain(json: &mut Value) {
    match json {
        Value::String(text) => {
            if let Some(number) = text.parse::<u64>().ok().filter(|number| number.to_string() == *text) {
                *json = number.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        Value::Object(entries) => entries.values_mut().for_each(plain),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
