//! What the tiers share that run what is emitted: namespaces of their own, machines that are namespaces too, Docker engines on
//! them, images that stand in for the real ones, and models scaled to what a machine for tests can hold.

#![allow(clippy::indexing_slicing, reason = "a JSON value that is changed may be wrong in tests only")]

mod docker;
mod emission;
mod image;
mod own;
mod space;
mod system;
mod variant;

#[path = "../../examples/v15.rs"]
#[expect(dead_code, reason = "an example has a main function")]
mod example;

#[path = "../../examples/home.rs"]
#[expect(dead_code, reason = "an example has a main function")]
mod small_example;

pub use docker::{Docker, Engine};
pub use emission::write;
pub use example::v15;
pub use image::{Image, StandIns};
pub use own::{command_line, in_own_namespaces, mount_memory, unmount};
pub use small_example::home;
pub use space::Space;
pub use system::System;
pub use variant::{Invalid, Variant, difference, text_difference};

/// A script that stands for `systemctl` where no systemd runs.
pub const SYSTEMCTL: &str = include_str!("systemctl");
