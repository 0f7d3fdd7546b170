//! References of container images.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;

use super::forms::made_of;
use crate::scalar::{ScalarError, scalar, text_schema};

const IMAGE: &str = concat!(
    r"([A-Za-z0-9][A-Za-z0-9.:-]*/)?",
    r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?(/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*",
    r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?"
);

/// A container image as `[registry/]name[:tag][@sha256:digest]`, for example `ollama/ollama:0.32.15`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("image reference", IMAGE))]
pub struct ImageRef {
    text: String,
    name_end: usize,
}

impl ImageRef {
    /// The whole reference.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name without tag and digest, with its registry.
    pub fn name(&self) -> &str {
        self.text.get(..self.name_end).unwrap_or_default()
    }

    /// The tag, if there is one.
    pub fn tag(&self) -> Option<&str> {
        let rest = self.text.get(self.name_end..)?;
        rest.strip_prefix(':')?.split('@').next()
    }

    /// The reference in full, as containerd stores it: with the registry `docker.io` and the tag `latest` where they are omitted.
    /// <https://github.com/distribution/reference>
    pub fn canonical(&self) -> String {
        let (name, rest) = self.text.split_at(self.name_end);
        let first = name.split_once('/').map(|(first, _)| first);
        let registry = match first {
            Some(first) if is_registry(first) => "",
            Some(_) => "docker.io/",
            None => "docker.io/library/",
        };
        let tag = if rest.is_empty() { ":latest" } else { "" };
        format!("{registry}{name}{rest}{tag}")
    }

    /// The digest, if there is one: `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        self.text.split_once('@').map(|(_, digest)| digest)
    }
}

/// Whether the first component of a name is a registry, rather than a namespace on Docker Hub.
fn is_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost"
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl FromStr for ImageRef {
    type Err = ScalarError;

    /// <https://github.com/distribution/reference>
    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let error = |problem: &str| ScalarError::invalid(text, "image reference", problem);
        let (tagged, digest) = match text.split_once('@') {
            Some((tagged, digest)) => (tagged, Some(digest)),
            None => (text, None),
        };
        let path_start = tagged.rfind('/').map_or(0, |at| at + 1);
        let (name_end, tag) = match tagged.get(path_start..).and_then(|last| last.split_once(':')) {
            Some((last, tag)) => (path_start + last.len(), Some(tag)),
            None => (tagged.len(), None),
        };
        let name = tagged.get(..name_end).unwrap_or_default();
        let (registry, path) = match name.split_once('/') {
            Some((first, rest)) if is_registry(first) => (Some(first), rest),
            _ => (None, name),
        };
        let step = |step: &str| {
            step.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
                && step.starts_with(|c: char| c.is_ascii_alphanumeric())
                && step.ends_with(|c: char| c.is_ascii_alphanumeric())
        };
        if !path.split('/').all(step) {
            return Err(error("write `[registry/]name[:tag][@sha256:digest]`, with the name in lower case"));
        }
        if registry.is_some_and(|registry| !made_of(registry, "-.:") || registry.starts_with(['-', '.', ':']))
        {
            return Err(error("the registry must be a host name, with an optional port"));
        }
        let tag_fine = |tag: &str| made_of(tag, "-_.") && !tag.starts_with(['-', '.']) && tag.len() <= 128;
        if tag.is_some_and(|tag| !tag_fine(tag)) {
            return Err(error(
                "a tag has at most 128 letters, digits, `_`, `-` and `.`, and does not begin with `-` or `.`",
            ));
        }
        let hex = |digest: &str| {
            digest.strip_prefix("sha256:").is_some_and(|hex| {
                hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            })
        };
        if digest.is_some_and(|digest| !hex(digest)) {
            return Err(error("a digest is `sha256:` and 64 hexadecimal digits in lower case"));
        }
        Ok(Self { text: text.to_owned(), name_end })
    }
}

scalar!(ImageRef);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containerd_knows_an_image_by_its_whole_name() {
        for (text, canonical) in [
            ("omni/agent:v15", "docker.io/omni/agent:v15"),
            ("busybox", "docker.io/library/busybox:latest"),
            ("busybox:1", "docker.io/library/busybox:1"),
            ("localhost/agent:1", "localhost/agent:1"),
            ("ghcr.io/owner/agent", "ghcr.io/owner/agent:latest"),
            ("box:5000/agent:1", "box:5000/agent:1"),
        ] {
            assert_eq!(text.parse::<ImageRef>().unwrap().canonical(), canonical);
        }
    }
}
