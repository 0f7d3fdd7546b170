//! `init`

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};

use super::{
    answer::{Answer, FAILED},
    schema,
};
use crate::model::shown::Shown;

const YAML: &str = include_str!("init/deployment.yaml");
const MAIN: &str = include_str!("init/main.rs");

pub(super) fn command() -> Command {
    Command::new("init")
        .about("Write a small deployment to start from")
        .arg(
            Arg::new("path")
                .value_name("PATH")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::AnyPath)
                .default_value("deployment.yaml")
                .default_value_if("rust", "true", "deployment")
                .help("File to write, or folder of the project with `--rust`. It must not exist yet"),
        )
        .arg(
            Arg::new("rust")
                .long("rust")
                .action(ArgAction::SetTrue)
                .help("Write a Rust project, in which the compiler checks the deployment, instead of YAML"),
        )
        .after_help("Examples:\n  omni init\n  omni init --rust home")
}

pub(super) fn run(matches: &ArgMatches) -> Answer {
    let Some(path) = matches.get_one::<PathBuf>("path") else { unreachable!("it has a default") };
    let shown = path.display().to_string();
    let shown = Shown(&shown);
    let written = if matches.get_flag("rust") {
        project(path).map(|()| format!("`{shown}` written; run `cargo run -- check` in it\n"))
    } else {
        yaml(path).map(|()| format!("`{shown}` written; check it with `omni check {shown}`\n"))
    };
    match written {
        Ok(text) => Answer::result(text),
        Err(error) => Answer::error(FAILED, format_args!("cannot write `{shown}`: {error}")),
    }
}

/// The deployment and, beside it, the schema that its first line names. The schema is always that of this release.
fn yaml(path: &Path) -> io::Result<()> {
    create(path, YAML)?;
    fs::write(path.with_file_name(schema::FILE), schema::text())
}

fn project(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)?;
    fs::create_dir(folder.join("src"))?;
    // The source of the running program.
    let omni = env!("CARGO_MANIFEST_DIR");
    let manifest = format!(
        "[package]
name = \"deployment\"
version = \"0.1.0\"
edition = \"2024\"
publish = false

[dependencies]
omni.path = {omni:?}

# A workspace of its own, even inside another one.
[workspace]
"
    );
    create(&folder.join("Cargo.toml"), &manifest)?;
    create(&folder.join(".gitignore"), "/target\n")?;
    create(&folder.join("src/main.rs"), MAIN)
}

/// Writes a new file. An existing file is not changed.
fn create(path: &Path, text: &str) -> io::Result<()> {
    File::create_new(path)?.write_all(text.as_bytes())
}
