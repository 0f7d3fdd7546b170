//! The major release of a host's Docker Engine.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;

use crate::{
    catalog::docker,
    scalar::{ScalarError, scalar, text_schema},
};

/// A major release of Docker Engine, for example `28`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("major release of Docker Engine", "0*[1-9][0-9]{0,2}"))]
pub struct DockerRelease(u16);

impl DockerRelease {
    /// The release as a number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Whether the engine drops traffic that bypasses its published ports: what is sent to a container's own address from outside
    /// the container's network, and what other machines send to a port that is published on loopback.
    pub const fn guards_containers(self) -> bool {
        self.0 >= docker::GUARDS_CONTAINERS
    }
}

impl Default for DockerRelease {
    /// The first release that guards its containers. Later releases forward packets in the same way.
    fn default() -> Self {
        Self(docker::GUARDS_CONTAINERS)
    }
}

impl fmt::Display for DockerRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DockerRelease {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(release @ 1..=999) if is_number => Ok(Self(release)),
            _ => {
                let help = "write the number before the first dot, for example `28`";
                Err(ScalarError::invalid(text, "major release of Docker Engine", help))
            }
        }
    }
}

scalar!(DockerRelease);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_its_major_number() {
        for text in ["20", "28", "029"] {
            assert_eq!(
                text.parse::<DockerRelease>().unwrap().get().to_string(),
                text.trim_start_matches('0')
            );
        }
        for text in ["", "0", "28.5", "28.5.2", "v28", "+28", "1000", "latest"] {
            let error = text.parse::<DockerRelease>().unwrap_err().to_string();
            assert!(error.contains("is not a valid major release of Docker Engine"), "{text}: {error}");
        }
    }

    #[test]
    fn engines_guard_their_containers_since_28() {
        let guards = |text: &str| text.parse::<DockerRelease>().unwrap().guards_containers();
        assert_eq!(["26", "27", "28", "29"].map(guards), [false, false, true, true]);
        assert!(DockerRelease::default().guards_containers());
    }
}
