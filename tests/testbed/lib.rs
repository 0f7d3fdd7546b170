//! Shared code of the test tiers that run the emitted files: namespaces, machines made of namespaces, Docker engines on them,
//! images that replace the product images, and models scaled to what a test machine can run.

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

/// A script that replaces `systemctl` where systemd does not run.
pub const SYSTEMCTL: &str = include_str!("systemctl");
