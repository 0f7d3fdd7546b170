//! `schema`

use clap::Command;

use super::answer::Answer;
use crate::model::schema::schema;

/// What `init` calls the file.
pub(super) const FILE: &str = "omni.schema.json";

pub(super) fn command() -> Command {
    Command::new("schema").about("Print the JSON Schema of a deployment in YAML, for editors").after_help(
        format!(
            "Examples:
  omni schema > {FILE}

Editors find it by this line in the YAML:
  # yaml-language-server: $schema={FILE}"
        ),
    )
}

pub(super) fn run() -> Answer {
    Answer::result(text())
}

pub(super) fn text() -> String {
    format!("{:#}\n", schema())
}
