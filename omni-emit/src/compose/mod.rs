//! Docker Compose.

mod mount;

pub(crate) use mount::Mount;
