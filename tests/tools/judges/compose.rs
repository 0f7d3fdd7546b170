//! Docker Compose files.

use crate::Judged;
use crate::tool::{command, run, scratch, silent, silent_feed};
use crate::tree::File;

pub(crate) fn is_stack(file: &File) -> bool {
    file.is_yaml() && (file.name().contains("-stack.") || file.name().starts_with("compose."))
}

/// As an operator starts it: with a filled `.env`, and with the profiles off as well as on.
pub(crate) fn config(file: &File) -> Judged {
    for profiles in [&[][..], &["--profile", "*"]] {
        let mut compose = command("docker-compose");
        if file.folder().join(".env.example").exists() {
            compose.arg("--env-file").arg(filled(file)?);
        }
        silent(compose.arg("--file").arg(file.on_disk()).args(profiles).args(["config", "--quiet"]))?;
    }
    Ok(())
}

/// The `.env.example` beside a stack, with a value for everything that it leaves to the operator.
fn filled(stack: &File) -> Result<std::path::PathBuf, String> {
    let example = File::read(&stack.folder(), ".env.example")?;
    let filled =
        |line: &str| if line.ends_with('=') { format!("{line}filled-in\n") } else { format!("{line}\n") };
    scratch(&stack.on_disk().with_extension("env"), &example.text.lines().map(filled).collect::<String>())
}

/// The Compose Specification's own schema, as the tool brings it.
pub(crate) fn schema(file: &File) -> Judged {
    let mut check = command("check-jsonschema");
    check.args(["--builtin-schema", "vendor.compose-spec"]).arg(file.on_disk());
    run(&mut check).map(|_| ())
}

pub(crate) fn is_env(file: &File) -> bool {
    file.name() == ".env.example"
}

/// Compose reads the file for a project that needs nothing of it.
pub(crate) fn env(file: &File) -> Judged {
    let mut compose = command("docker-compose");
    compose.arg("--env-file").arg(file.on_disk()).args(["--file", "-", "config", "--quiet"]);
    silent_feed(&mut compose, "{name: env, services: {none: {image: none}}}")
}
