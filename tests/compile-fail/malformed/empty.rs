//! Nothing at all.
#![deny(warnings)]

omni::deployment! {
}

fn main() {}
