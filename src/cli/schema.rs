//! `schema`

use clap::Command;

use super::answer::Answer;
use crate::model::schema::schema;

/// The name of the file that `init` writes.
pub(super) const FILE: &str = "omni.schema.json";

pub(super) fn command() -> Command {
    Command::new("schema").about("Print the JSON Schema of a deployment, for editors").after_help(format!(
        "Examples:
  omni schema > {FILE}

Editors find it through this line in the YAML file:
  # yaml-language-server: $schema={FILE}"
    ))
}

pub(super) fn run() -> Answer {
    Answer::result(text())
}

pub(super) fn text() -> String {
    format!("{:#}\n", schema())
}
