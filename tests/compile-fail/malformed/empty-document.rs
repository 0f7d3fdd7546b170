//! A function without a deployment.
#![deny(warnings)]

omni::deployment! {
    pub fn home;
}

fn main() {}
