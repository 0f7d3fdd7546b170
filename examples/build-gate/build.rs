//! Refuses a deployment that cannot run.

#[path = "src/deployment.rs"]
mod deployment;

fn main() {
    omni::build::enforce(&deployment::deployment());
}
