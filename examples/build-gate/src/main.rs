//! A deployment that is computed: the program that emits it exists only if it can run.

mod deployment;

fn main() {
    for name in deployment::deployment().services.keys() {
        println!("{name}");
    }
}
