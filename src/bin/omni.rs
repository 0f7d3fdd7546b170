//! Checks a deployment that stands in a YAML file, and emits what its operator needs.

fn main() -> std::process::ExitCode {
    omni::cli::omni()
}
