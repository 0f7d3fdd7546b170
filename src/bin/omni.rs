//! The program `omni`, which checks a deployment in a YAML file and writes the files that its operator needs.

fn main() -> std::process::ExitCode {
    omni::cli::omni()
}
